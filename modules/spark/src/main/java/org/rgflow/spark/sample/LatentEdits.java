package org.rgflow.spark.sample;

import java.util.stream.IntStream;
import org.rgflow.flow.LatentLevels;

/** Latents made of others, to be decoded: what a hierarchy of scales is for. */
public final class LatentEdits {
  private LatentEdits() {}

  /**
   * The fine latents of one example with the coarse ones of another (as faces are mixed in
   * arXiv:2010.00029).
   *
   * @param fineLevels levels taken from {@code fine}, from the finest on; the others are from
   *     {@code coarse}
   * @throws IllegalArgumentException if there are not so many levels
   */
  public static double[] mixed(
      LatentLevels levels, double[] fine, double[] coarse, int fineLevels) {
    if (fineLevels < 0 || fineLevels > levels.count()) {
      throw new IllegalArgumentException(
          "levels to take must be in [0, " + levels.count() + "], were " + fineLevels);
    }
    int[] level = levels.ofEach();
    return IntStream.range(0, fine.length)
        .mapToDouble(i -> level[i] < fineLevels ? fine[i] : coarse[i])
        .toArray();
  }

  /**
   * Latents on the great circle between two, which stay as far from the origin as those of a normal
   * base are:
   *
   * <pre>
   *   (sin((1 - s) w) a + sin(s w) b) / sin w,   cos w = a.b / |a| |b|
   * </pre>
   *
   * of lengths that differ as well; of parallel ones the straight line.
   *
   * @param share s: 0 gives a, 1 gives b
   */
  public static double[] between(double[] a, double[] b, double share) {
    double dot = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squareA += a[i] * a[i];
      squareB += b[i] * b[i];
    }
    double angle = Math.acos(Math.max(-1, Math.min(1, dot / Math.sqrt(squareA * squareB))));
    boolean isStraight = !(Math.sin(angle) > 1e-6);
    double ofA = isStraight ? 1 - share : Math.sin((1 - share) * angle) / Math.sin(angle);
    double ofB = isStraight ? share : Math.sin(share * angle) / Math.sin(angle);
    return IntStream.range(0, a.length).mapToDouble(i -> ofA * a[i] + ofB * b[i]).toArray();
  }

  /**
   * Latents of which one is moved, of the first channel.
   *
   * @param site of the level's latents, in their order
   * @param by how far
   * @throws IllegalArgumentException if the level has not so many
   */
  public static double[] moved(
      LatentLevels levels, double[] latents, int level, int site, double by) {
    if (site < 0 || site >= levels.sizes().get(level)) {
      throw new IllegalArgumentException(
          "latents of level "
              + level
              + " must be in [0, "
              + (levels.sizes().get(level) - 1)
              + "], was "
              + site);
    }
    double[] moved = latents.clone();
    moved[levels.first(level) + site] += by;
    return moved;
  }
}
