package org.rgflow.spark.physics;

import java.io.Serializable;

/**
 * How Hamiltonian Monte Carlo walks.
 *
 * @param trajectories of a chain that are recorded
 * @param warmUp trajectories before those
 * @param leapfrogs steps of a trajectory
 * @param step size of a step, in units of the latents' standard deviation
 */
public record HmcConfig(int trajectories, int warmUp, int leapfrogs, double step)
    implements Serializable {
  /** Checks the numbers. */
  public HmcConfig {
    if (trajectories < 4 || trajectories > 1_000_000) {
      throw new IllegalArgumentException(
          "physics.trajectories must be in [4, 1000000], was " + trajectories);
    }
    if (warmUp < 0 || warmUp > 1_000_000) {
      throw new IllegalArgumentException("physics.warmUp must be in [0, 1000000], was " + warmUp);
    }
    if (leapfrogs < 1 || leapfrogs > 100_000) {
      throw new IllegalArgumentException(
          "physics.leapfrogs must be in [1, 100000], was " + leapfrogs);
    }
    if (!(step > 0 && step <= 100)) {
      throw new IllegalArgumentException("physics.step must be in (0, 100], was " + step);
    }
  }
}
