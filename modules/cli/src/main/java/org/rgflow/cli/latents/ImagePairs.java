package org.rgflow.cli.latents;

import java.util.List;
import java.util.stream.IntStream;
import org.rgflow.data.DataException;
import picocli.CommandLine.Option;

/** How many images of one set are paired with images of another. */
final class ImagePairs {
  private static final int MOST = 1000;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "6",
      description = "Pairs, of images from all over each set; default ${DEFAULT-VALUE}.")
  private int count;

  /** The latents of two images. */
  record Pair(double[] one, double[] other) {}

  void require() {
    LatentsOptions.requireIn("--count", count, MOST);
  }

  /**
   * The latents of pairs of images.
   *
   * @throws DataException if there are more of the one than of the other
   */
  List<Pair> encoded(LatentImages images, List<String> ones, List<String> others) {
    List<double[]> one = images.encoded(ones, count);
    List<double[]> other = images.encoded(others, count);
    if (one.size() != other.size()) {
      throw new DataException(
          one.size() + " images for " + other.size() + "; allowed: as many, or a smaller --count");
    }
    return IntStream.range(0, one.size())
        .mapToObj(i -> new Pair(one.get(i), other.get(i)))
        .toList();
  }
}
