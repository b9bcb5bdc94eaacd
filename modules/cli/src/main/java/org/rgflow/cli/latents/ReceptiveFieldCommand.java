package org.rgflow.cli.latents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rgflow.flow.LatentLevels;
import org.rgflow.flow.LatentPlaces;
import org.rgflow.spark.sample.LatentEdits;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a latent of each level does. */
@Command(
    name = "receptive-field",
    header = "Show which pixels a latent of each level moves.",
    description = {
      "Writes receptive-field.png and receptive-field.npz: a row to each level, the finest first, with"
          + " the image as it is, with one latent in the middle of the level moved, of the first channel,"
          + " and what that"
          + " changed, brightest where most; and prints how many pixels moved."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  rgflow receptive-field --model runs/photos --data photos/a.png --output fields"})
public final class ReceptiveFieldCommand implements Callable<Integer> {
  private static final int COLUMNS = 3;

  @Mixin private LatentsOptions latents;

  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Image to move the latents of: the first, of several.")
  private List<String> data;

  @Option(
      names = "--by",
      paramLabel = "X",
      defaultValue = "4",
      description = "How far; 1 is a deviation of a normal base; default ${DEFAULT-VALUE}.")
  private double by;

  @Override
  public Integer call() throws IOException {
    if (!Double.isFinite(by) || by == 0) {
      throw new IllegalArgumentException("--by must be a number other than 0, was " + by);
    }
    latents.draw(
        "receptive-field",
        data,
        (images, out) -> {
          double[] image = images.encoded(data, 1).get(0);
          LatentLevels levels = images.levels();
          LatentPlaces places = images.places();
          List<double[]> moved = new ArrayList<>(List.of(image));
          for (int level = 0; level < levels.count(); level++) {
            moved.add(LatentEdits.moved(levels, image, level, places.middle(level), by));
          }
          List<byte[]> decoded = images.decoded(moved);
          List<byte[]> rows = new ArrayList<>();
          for (int level = 0; level < levels.count(); level++) {
            byte[] before = decoded.get(0);
            byte[] after = decoded.get(level + 1);
            rows.addAll(List.of(before, after, brightest(before, after)));
            out.printf(Locale.ROOT, "level %d %s%n", level, LatentImages.difference(before, after));
          }
          return images.files("receptive-field", rows, COLUMNS);
        });
    return ExitCode.OK;
  }

  /** Absolute differences, scaled so that the largest is white; black where there is none. */
  private static byte[] brightest(byte[] before, byte[] after) {
    int[] differences = new int[before.length];
    int most = 1;
    for (int i = 0; i < before.length; i++) {
      differences[i] = Math.abs((before[i] & 0xFF) - (after[i] & 0xFF));
      most = Math.max(most, differences[i]);
    }
    byte[] scaled = new byte[before.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (byte) (differences[i] * 255 / most);
    }
    return scaled;
  }
}
