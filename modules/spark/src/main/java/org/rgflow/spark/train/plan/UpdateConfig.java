package org.rgflow.spark.train.plan;

/**
 * How a batch's gradient becomes a step.
 *
 * @param updater DL4J's updater by name, see {@link Updaters}
 * @param rate of the updater
 * @param clipNorm largest L2 norm of a batch's mean gradient, 0 for no limit
 */
public record UpdateConfig(String updater, LearningRate rate, double clipNorm) {
  /** Checks the values. */
  public UpdateConfig {
    Allowed.require(
        Updaters.NAMES.contains(updater),
        "updater must be one of " + Updaters.NAMES + ", was " + updater);
    Allowed.require(clipNorm >= 0, "clipNorm must be at least 0, was " + clipNorm);
  }
}
