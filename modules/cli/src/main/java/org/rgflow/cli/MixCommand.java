package org.rgflow.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.rgflow.flow.LatentLevels;
import org.rgflow.spark.sample.LatentEdits;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Mixes the scales of images. */
@Command(
    name = "mix",
    header = "Give images the fine latents of others, level by level.",
    description = {
      "Writes mix.png and mix.npz: a row to each pair of images, from the coarse one, as its latents"
          + " decode to, by one more level of the fine one's latents at a time, the finest first, to"
          + " the fine one. Texture moves before shape."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow mix --model runs/photos --coarse photos/cats --fine photos/dogs --output mixed"
    })
final class MixCommand implements Callable<Integer> {
  private static final int MOST = 1000;

  @Mixin private LatentsOptions latents;

  @Option(
      names = "--coarse",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Images whose coarse latents are kept longest.")
  private List<String> coarse;

  @Option(
      names = "--fine",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Images whose fine latents take their place.")
  private List<String> fine;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "6",
      description = "Pairs, of images from all over each set; default ${DEFAULT-VALUE}.")
  private int count;

  @Override
  public Integer call() throws IOException {
    LatentsOptions.requireImages("--count", count, MOST);
    latents.draw(
        "mix",
        (images, out) -> {
          List<double[]> kept = images.encoded(coarse, count);
          List<double[]> taken = images.encoded(fine, count);
          LatentsOptions.requireSameNumber(kept, taken);
          LatentLevels levels = images.levels();
          List<double[]> mixed = new ArrayList<>();
          for (int pair = 0; pair < kept.size(); pair++) {
            for (int level = 0; level <= levels.count(); level++) {
              mixed.add(LatentEdits.mixed(levels, taken.get(pair), kept.get(pair), level));
            }
          }
          return images.files("mix", images.decoded(mixed), levels.count() + 1);
        });
    return ExitCode.OK;
  }
}
