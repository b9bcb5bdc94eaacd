package org.rgflow.flow;

/**
 * log p(x) of a batch, and where it comes from.
 *
 * <pre>
 *   log p(x) = sum over levels l of  log p_Z(z^(l)) + logJ_l
 * </pre>
 *
 * A level's term is the log density of its grid given what it hands on to the coarser levels, so it
 * tells which scale of an example is unusual.
 *
 * @param levels [level][example], the finest level first, nats
 * @param latents [example][C * sites], by channel, the finest level first
 */
public record Density(double[][] levels, double[][] latents) {
  /** log p(x) of each example in nats: the terms added up, the finest level's first. */
  public double[] logProb() {
    double[] sums = new double[latents.length];
    for (double[] level : levels) {
      for (int n = 0; n < sums.length; n++) {
        sums[n] += level[n];
      }
    }
    return sums;
  }

  /** {@code log(mean of exp(logs))}, shifted by the largest so that nothing overflows. */
  public static double logMean(double... logs) {
    double largest = logs[0];
    for (double log : logs) {
      largest = Math.max(largest, log);
    }
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double log : logs) {
      sum += StrictMath.exp(log - largest);
    }
    return largest + StrictMath.log(sum / logs.length);
  }
}
