package org.rgflow.flow;

import java.util.Arrays;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.ode.Tableau;

/** What the stages of one step found of the path's integrals: their rates, for each example. */
final class StepRates {
  private final Tableau tableau;
  private final double[][] divergence;
  private final double[][] kinetic;
  private final double[][] jacobian;

  StepRates(Tableau tableau, int examples, boolean jacobian) {
    this.tableau = tableau;
    this.divergence = new double[tableau.stages()][examples];
    this.kinetic = new double[tableau.stages()][examples];
    this.jacobian = jacobian ? new double[tableau.stages()][examples] : null;
  }

  void clear(int stage) {
    Arrays.fill(divergence[stage], 0);
    Arrays.fill(kinetic[stage], 0);
    if (jacobian != null) {
      Arrays.fill(jacobian[stage], 0);
    }
  }

  /** tr(dv/dx) of each example. */
  double[] divergence(int stage) {
    return divergence[stage];
  }

  /** |v|^2 of each example. */
  double[] kinetic(int stage) {
    return kinetic[stage];
  }

  /** |dv/dx|_F^2 of each example; null if not wanted. */
  double[] jacobian(int stage) {
    return jacobian == null ? null : jacobian[stage];
  }

  /**
   * What a step contributes to the integrals; rates that were not computed are zero.
   *
   * @param totals added to, from example {@code first} on
   * @param span time in all blocks, negative of a decoding
   * @param length of the step, with its sign
   */
  void addTo(PathIntegrals totals, int first, double span, double length) {
    double[] b = tableau.b();
    for (int i = 0; i < b.length; i++) {
      for (int n = 0; n < divergence[i].length; n++) {
        totals.logDet[first + n] += length * b[i] * divergence[i][n];
        totals.kinetic[first + n] += length / span * b[i] * kinetic[i][n];
        if (totals.jacobian != null) {
          totals.jacobian[first + n] += length / span * b[i] * jacobian[i][n];
        }
      }
    }
  }

  /**
   * Root mean square, over the examples, of the log determinant's embedded error as a part of its
   * tolerance.
   *
   * @param length of the step, with its sign
   */
  double logDetError(SolverConfig solver, double length) {
    int examples = divergence[0].length;
    double sum = 0;
    for (int n = 0; n < examples; n++) {
      double error = 0;
      double change = 0;
      for (int i = 0; i < divergence.length; i++) {
        error += length * tableau.error()[i] * divergence[i][n];
        change += length * tableau.b()[i] * divergence[i][n];
      }
      double tolerance = solver.absoluteTolerance() + solver.relativeTolerance() * Math.abs(change);
      sum += Math.pow(error / tolerance, 2);
    }
    return Math.sqrt(sum / examples);
  }
}
