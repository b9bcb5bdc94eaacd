package org.rgflow.spark.score;

import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;

/**
 * How examples are scored.
 *
 * @param solver of every level
 * @param divergence {@code AUTO} is exact
 * @param seed of dequantisation noise and probes
 * @param draws of dequantisation noise, averaged in probability: log mean exp
 */
public record ScoringConfig(
    SolverConfig solver, DivergenceConfig divergence, long seed, int draws) {
  /** Checks the numbers. */
  public ScoringConfig {
    if (draws < 1 || draws > 10_000) {
      throw new IllegalArgumentException("score.draws must be in [1, 10000], was " + draws);
    }
  }
}
