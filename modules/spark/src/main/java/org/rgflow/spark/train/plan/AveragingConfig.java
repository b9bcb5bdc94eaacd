package org.rgflow.spark.train.plan;

/**
 * How the steps of shards become a round.
 *
 * @param localSteps H, steps a shard takes between two averages
 * @param outerRate share of the averaged change that is taken; 1 is plain averaging
 * @param outerMomentum Nesterov momentum of the outer step (arXiv:2311.08105)
 * @param decay share that the moving average of the parameters, which is validated and released,
 *     keeps in a round once there were enough; 0 for the parameters themselves
 */
public record AveragingConfig(
    int localSteps, double outerRate, double outerMomentum, double decay) {
  /** Checks the values. */
  public AveragingConfig {
    Allowed.range("localSteps", localSteps, 1, 1_000_000);
    Allowed.require(
        outerRate > 0 && outerRate <= 2, "outerRate must be in (0, 2], was " + outerRate);
    Allowed.require(
        outerMomentum >= 0 && outerMomentum < 1,
        "outerMomentum must be in [0, 1), was " + outerMomentum);
    Allowed.require(decay >= 0 && decay < 1, "averageDecay must be in [0, 1), was " + decay);
  }
}
