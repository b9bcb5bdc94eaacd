package org.rgflow.spark.score;

import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ConstantNames;

/**
 * How examples are scored.
 *
 * @param solver of every level
 * @param divergence {@code AUTO} is exact
 * @param seed of dequantisation noise and probes
 * @param draws of dequantisation noise, averaged in probability: log mean exp
 * @param solverError whether every example is solved on twice the step too, at half the cost, and
 *     its score compared
 * @param maxSolverError difference, in bits/dim of pixels and nats/dim of real values, past which a
 *     score's status says so
 */
public record ScoringConfig(
    SolverConfig solver,
    DivergenceConfig divergence,
    long seed,
    int draws,
    boolean solverError,
    double maxSolverError) {
  /** Checks the numbers. */
  public ScoringConfig {
    if (draws < 1 || draws > 10_000) {
      throw new IllegalArgumentException("score.draws must be in [1, 10000], was " + draws);
    }
    if (!(maxSolverError > 0)) {
      throw new IllegalArgumentException(
          "score.maxSolverError must be in (0, inf), was " + maxSolverError);
    }
    if (solverError) {
      requireCoarser(solver);
    }
  }

  /**
   * All that decides a score, by the names of its settings: what scores are told apart by as long
   * as they are kept.
   */
  String identity() {
    String steps =
        solver.method().isAdaptive()
            ? " solver.rtol="
                + solver.relativeTolerance()
                + " solver.atol="
                + solver.absoluteTolerance()
                + " solver.minStep="
                + solver.minStep()
                + " solver.maxStep="
                + solver.maxStep()
                + " solver.maxSteps="
                + solver.maxSteps()
            : " solver.steps=" + solver.steps() + " solver.grading=" + solver.grading();
    return "solver.method="
        + ConstantNames.of(solver.method())
        + steps
        + " divergence.kind="
        + ConstantNames.of(divergence.kind())
        + " divergence.noise="
        + ConstantNames.of(divergence.noise())
        + " divergence.probes="
        + divergence.probes()
        + " score.seed="
        + seed
        + " score.draws="
        + draws
        + " score.solverError="
        + solverError
        + " score.maxSolverError="
        + maxSolverError;
  }

  private static void requireCoarser(SolverConfig solver) {
    try {
      solver.coarser();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "score.solverError=true compares with a coarser solve: " + e.getMessage(), e);
    }
  }
}
