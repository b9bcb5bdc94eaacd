package org.rgflow.spark.train.shards;

import org.rgflow.spark.physics.FreeEnergy;

/**
 * The mean over held-out examples of -log p, or from an energy the bound on -log Z, in the unit of
 * the report.
 *
 * @param loss exact divergence, solved with half the training's step
 * @param solverError by how much the training's own step underrates the loss: a flow that lives on
 *     this difference only seems to learn
 * @param freeEnergy from an energy, in nats; null from examples
 * @param seconds that the validation took
 */
public record HeldOut(double loss, double solverError, FreeEnergy freeEnergy, double seconds) {
  /** Above this a flow is trained on its solver's error, in bits or nats per dimension. */
  private static final double TOLERABLE = 0.05;

  HeldOut(double loss, double solverError, FreeEnergy freeEnergy) {
    this(loss, solverError, freeEnergy, 0);
  }

  /** The same, found in so many seconds. */
  public HeldOut in(double seconds) {
    return new HeldOut(loss, solverError, freeEnergy, seconds);
  }

  /** Whether the training's step is too coarse for the flow. */
  public boolean isUnderresolved() {
    return !(Math.abs(solverError) <= TOLERABLE);
  }
}
