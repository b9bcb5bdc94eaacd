package org.rgflow.spark.score;

import org.apache.commons.math3.stat.StatUtils;
import org.rgflow.data.KeyedNoise;

/** How far a mean may be from what more of the same would give. */
public final class Bootstrap {
  private Bootstrap() {}

  /** Between which two numbers a mean lies with some confidence. */
  public record Interval(double low, double high) {
    private static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN);

    /** That of nothing. */
    public static Interval unknown() {
      return UNKNOWN;
    }
  }

  /**
   * The percentile interval of the mean: b blocks are drawn of the b, with replacement, many times,
   * and the middle share of the means of their images is taken (blocks of one: Efron, Annals of
   * Statistics 7:1, 1979; of neighbours: Künsch, Annals of Statistics 17:1217, 1989).
   *
   * @param values the interval of none is unknown
   * @param confidence share of the means inside, in (0, 1)
   * @param resamples means drawn
   * @param seed of the draws
   */
  public static Interval ofMean(BlockSums values, double confidence, int resamples, long seed) {
    int blocks = values.blocks();
    if (blocks == 0) {
      return Interval.unknown();
    }
    double[] means = new double[resamples];
    for (int resample = 0; resample < resamples; resample++) {
      KeyedNoise noise = new KeyedNoise(seed, blocks, KeyedNoise.Purpose.RESAMPLING, resample);
      double sum = 0;
      long images = 0;
      for (int draw = 0; draw < blocks; draw++) {
        int drawn = (int) noise.nextLong(blocks);
        sum += values.sums()[drawn];
        images += values.counts()[drawn];
      }
      means[resample] = sum / images;
    }
    double outside = 100 * (1 - confidence) / 2;
    return new Interval(
        StatUtils.percentile(means, outside), StatUtils.percentile(means, 100 - outside));
  }
}
