package org.rgflow.spark.score;

import org.apache.commons.math3.stat.StatUtils;
import org.rgflow.data.KeyedNoise;

/** How far a mean may be from what more of the same would give. */
public final class Bootstrap {
  private Bootstrap() {}

  /** Between which two numbers a mean lies with some confidence. */
  public record Interval(double low, double high) {}

  /**
   * The percentile interval of the mean: n values are drawn of the n, with replacement, many times,
   * and the middle share of the means is taken (Efron, Annals of Statistics 7:1, 1979).
   *
   * @param values at least one
   * @param confidence share of the means inside, in (0, 1)
   * @param resamples means drawn
   * @param seed of the draws
   */
  public static Interval ofMean(double[] values, double confidence, int resamples, long seed) {
    double[] means = new double[resamples];
    for (int resample = 0; resample < resamples; resample++) {
      KeyedNoise noise =
          new KeyedNoise(seed, values.length, KeyedNoise.Purpose.RESAMPLING, resample);
      double sum = 0;
      for (int draw = 0; draw < values.length; draw++) {
        sum += values[(int) noise.nextLong(values.length)];
      }
      means[resample] = sum / values.length;
    }
    double outside = 100 * (1 - confidence) / 2;
    return new Interval(
        StatUtils.percentile(means, outside), StatUtils.percentile(means, 100 - outside));
  }
}
