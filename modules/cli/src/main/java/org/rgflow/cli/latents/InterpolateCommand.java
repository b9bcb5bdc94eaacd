package org.rgflow.cli.latents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
public final class InterpolateCommand implements Callable<Integer> {
  private static final int MOST_STEPS = 1000;

  @Mixin private LatentsOptions latents;
  @Mixin private ImagePairs pairs;

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
      names = "--steps",
      paramLabel = "N",
      defaultValue = "8",
      description = "Steps of a walk; default ${DEFAULT-VALUE}.")
  private int steps;

  @Override
  public Integer call() throws IOException {
    pairs.require();
    LatentsOptions.requireIn("--steps", steps, MOST_STEPS);
    latents.draw(
        "interpolate",
        Stream.of(from, to).flatMap(List::stream).toList(),
        (images, out) -> {
          images.requireRoom(steps + 1);
          List<double[]> walks = new ArrayList<>();
          for (ImagePairs.Pair pair : pairs.encoded(images, from, to)) {
            for (int step = 0; step <= steps; step++) {
              walks.add(LatentEdits.between(pair.one(), pair.other(), (double) step / steps));
            }
          }
          return images.files("interpolate", images.decoded(walks), steps + 1);
        });
    return ExitCode.OK;
  }
}
