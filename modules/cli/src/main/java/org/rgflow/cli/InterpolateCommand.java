package org.rgflow.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.rgflow.spark.sample.LatentEdits;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Walks between images. */
@Command(
    name = "interpolate",
    header = "Walk from images to others through their latents.",
    description = {
      "Writes interpolate.png and interpolate.npz: a row to each pair of images, on the great circle"
          + " between their latents, both ends included."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow interpolate --model runs/photos --from a.png --to b.png --output walk --steps 9"
    })
final class InterpolateCommand implements Callable<Integer> {
  private static final int MOST = 1000;

  @Mixin private LatentsOptions latents;

  @Option(
      names = "--from",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Images to start from.")
  private List<String> from;

  @Option(
      names = "--to",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Images to end at.")
  private List<String> to;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "6",
      description = "Pairs, of images from all over each set; default ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "8",
      description = "Steps of a walk; default ${DEFAULT-VALUE}.")
  private int steps;

  @Override
  public Integer call() throws IOException {
    LatentsOptions.requireImages("--count", count, MOST);
    LatentsOptions.requireImages("--steps", steps, MOST);
    latents.draw(
        "interpolate",
        (images, out) -> {
          List<double[]> starts = images.encoded(from, count);
          List<double[]> ends = images.encoded(to, count);
          LatentsOptions.requireSameNumber(starts, ends);
          List<double[]> walks = new ArrayList<>();
          for (int pair = 0; pair < starts.size(); pair++) {
            for (int step = 0; step <= steps; step++) {
              walks.add(
                  LatentEdits.between(starts.get(pair), ends.get(pair), (double) step / steps));
            }
          }
          return images.files("interpolate", images.decoded(walks), steps + 1);
        });
    return ExitCode.OK;
  }
}
