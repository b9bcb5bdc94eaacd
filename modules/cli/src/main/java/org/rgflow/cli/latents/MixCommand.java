package org.rgflow.cli.latents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
public final class MixCommand implements Callable<Integer> {
  @Mixin private LatentsOptions latents;
  @Mixin private ImagePairs pairs;

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

  @Override
  public Integer call() throws IOException {
    pairs.require();
    latents.draw(
        "mix",
        Stream.of(coarse, fine).flatMap(List::stream).toList(),
        (images, out) -> {
          LatentLevels levels = images.levels();
          List<double[]> mixed = new ArrayList<>();
          for (ImagePairs.Pair pair : pairs.encoded(images, coarse, fine)) {
            for (int level = 0; level <= levels.count(); level++) {
              mixed.add(LatentEdits.mixed(levels, pair.other(), pair.one(), level));
            }
          }
          return images.files("mix", images.decoded(mixed), levels.count() + 1);
        });
    return ExitCode.OK;
  }
}
