package org.rgflow.spark.train.plan;

/**
 * What happens when a round goes astray: a value is no longer finite, a gradient too large, or the
 * loss no longer that of the flow but of its solver.
 *
 * @param rollbacks times that a run goes back to its newest checkpoint, or its best where the
 *     newest has led astray before, until it stops
 * @param factor on the learning rate after each, in (0, 1)
 * @param explosionNorm L2 norm of a batch's mean gradient above which a round is astray; where
 *     gradients are clipped, of the median batch of a shard
 * @param maxSolverError by how much the training's step may underrate the loss in a validation, in
 *     bits or nats per dimension, before the round is astray: a flow that learns its solver's error
 *     finds no end in that
 */
public record Recovery(int rollbacks, double factor, double explosionNorm, double maxSolverError) {
  /** Checks the numbers. */
  public Recovery {
    if (rollbacks < 0) {
      throw new IllegalArgumentException("train.rollbacks must be at least 0, was " + rollbacks);
    }
    if (!(factor > 0 && factor < 1)) {
      throw new IllegalArgumentException("train.rollbackFactor must be in (0, 1), was " + factor);
    }
    if (!(explosionNorm > 0)) {
      throw new IllegalArgumentException(
          "train.explosionNorm must be above 0, was " + explosionNorm);
    }
    if (!(maxSolverError > 0)) {
      throw new IllegalArgumentException(
          "train.maxSolverError must be above 0, was " + maxSolverError);
    }
  }

  /** So many rollbacks, each halving the rate. */
  public static Recovery of(int rollbacks) {
    return new Recovery(rollbacks, 0.5, 1e6, 0.1);
  }

  /** Share of the rate that is left after so many rollbacks. */
  public double share(int done) {
    return Math.pow(factor, done);
  }
}
