package org.rgflow.spark.score;

/**
 * What scoring says of one example.
 *
 * @param key the example's
 * @param likelihood null where there is none
 * @param status {@value #OK}, or in one line what is wrong and what to change
 */
public record Score(String key, Likelihood likelihood, String status) {
  /** The status of a likelihood that can be relied on. */
  public static final String OK = "ok";

  static Score failed(String key, String error) {
    return new Score(key, null, error);
  }

  /** Why there is no likelihood, one line; null where there is one. */
  public String error() {
    return likelihood == null ? status : null;
  }

  /**
   * The density of one example.
   *
   * @param logLikelihood nats: log p(x) of real values, and of 8-bit pixels the log density of (u +
   *     e)/256, averaged in probability over the draws of e
   * @param levels its terms by level, the finest first, nats: they add up to log p, averaged over
   *     draws
   * @param latents (C, sites), of the first draw
   * @param solverError nats by which it differs from the same solve on twice the step; NaN where
   *     that is not known
   */
  public record Likelihood(
      double logLikelihood, double[] levels, double[] latents, double solverError) {}
}
