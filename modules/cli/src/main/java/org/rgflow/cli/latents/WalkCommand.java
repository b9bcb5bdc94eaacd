package org.rgflow.cli.latents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.rgflow.flow.LatentLevels;
import org.rgflow.flow.LatentPlaces;
import org.rgflow.spark.sample.LatentEdits;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Walks along single latents. */
@Command(
    name = "walk",
    header = "Walk along single latents of an image.",
    description = {
      "Writes walk.png and walk.npz: a row to each latent, along which it is moved from one side of where"
          + " the image has it to the other. The latents are one in the middle of each level, of the first channel, the finest"
          + " first, or with --level several from all over that level: at coarse ones, what the model"
          + " varies its images by."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow walk --model runs/photos --data photos/a.png --output walk",
      "  rgflow walk --model runs/photos --data photos/a.png --level 3 --count 8 --output walk"
    })
public final class WalkCommand implements Callable<Integer> {
  private static final int MOST_STEPS = 1000;

  @Mixin private LatentsOptions latents;

  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Image to move the latents of: the first, of several.")
  private List<String> data;

  @Option(
      names = "--level",
      paramLabel = "L",
      description = "Level of the latents, 0 the finest; default: one latent of each.")
  private Integer level;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "6",
      description = "Latents of the level, from all over it; default ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--by",
      paramLabel = "X",
      defaultValue = "3",
      description =
          "How far to each side; 1 is a deviation of a normal base; default ${DEFAULT-VALUE}.")
  private double by;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "8",
      description = "Steps of a walk; default ${DEFAULT-VALUE}.")
  private int steps;

  /** A latent: of a level, the site in the level's order. */
  private record Latent(int level, int site) {}

  @Override
  public Integer call() throws IOException {
    if (!(by > 0 && by < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("--by must be a number above 0, was " + by);
    }
    LatentsOptions.requireIn("--steps", steps, MOST_STEPS);
    LatentsOptions.requireIn("--count", count, MOST_STEPS);
    latents.draw(
        "walk",
        data,
        (images, out) -> {
          images.requireRoom(steps + 1);
          LatentLevels levels = images.levels();
          List<Latent> chosen = chosen(levels, images.places());
          double[] image = images.encoded(data, 1).get(0);
          List<double[]> walks = new ArrayList<>();
          for (Latent latent : chosen) {
            for (int step = 0; step <= steps; step++) {
              double distance = by * (2.0 * step / steps - 1);
              walks.add(LatentEdits.moved(levels, image, latent.level, latent.site, distance));
            }
          }
          List<byte[]> decoded = images.decoded(walks);
          for (int i = 0; i < chosen.size(); i++) {
            byte[] start = decoded.get(i * (steps + 1));
            byte[] end = decoded.get(i * (steps + 1) + steps);
            out.printf(
                Locale.ROOT,
                "level %d latent %d %s%n",
                chosen.get(i).level,
                chosen.get(i).site,
                LatentImages.difference(start, end));
          }
          return images.files("walk", decoded, steps + 1);
        });
    return ExitCode.OK;
  }

  private List<Latent> chosen(LatentLevels levels, LatentPlaces places) {
    if (level == null) {
      return IntStream.range(0, levels.count())
          .mapToObj(one -> new Latent(one, places.middle(one)))
          .toList();
    }
    if (level < 0 || level >= levels.count()) {
      throw new IllegalArgumentException(
          "--level must be in [0, " + (levels.count() - 1) + "], was " + level);
    }
    int sites = levels.sizes().get(level);
    int rows = Math.min(count, sites);
    return IntStream.range(0, rows)
        .mapToObj(i -> new Latent(level, (int) ((i + 0.5) * sites / rows)))
        .toList();
  }
}
