package org.rgflow.spark.inpaint;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.rgflow.flow.LatentLevels;

/**
 * The latents that make up a hole: of each level those above it, so that their number grows with
 * the hole and with the number of levels, the logarithm of the image's size.
 *
 * <p>A flow moves every pixel with every latent a little. The cone has those to which the hole
 * responds most, as many as make up a given share of its squared response to all.
 *
 * @param latents their places among an example's, ascending
 */
record LightCone(int[] latents) {
  /**
   * The cone of a hole.
   *
   * @param squares the hole's squared response to each latent
   * @param share of their sum; 1 for all latents
   */
  static LightCone of(double[] squares, double share) {
    double total = DoubleStream.of(squares).sum();
    int[] ranked =
        IntStream.range(0, squares.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -squares[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int count = 0;
    for (double sum = 0; count < ranked.length && (share == 1 || sum < share * total); count++) {
      sum += squares[ranked[count]];
    }
    int[] latents = Arrays.copyOf(ranked, count);
    Arrays.sort(latents);
    return new LightCone(latents);
  }

  /** How many of its latents each level has, the finest first. */
  int[] perLevel(LatentLevels levels) {
    int[] level = levels.ofEach();
    int[] counts = new int[levels.count()];
    for (int latent : latents) {
      counts[level[latent]]++;
    }
    return counts;
  }
}
