package org.rgflow.flow.ode;

/**
 * The Butcher tableau of an explicit Runge-Kutta method.
 *
 * <pre>
 *   k_i = f(t + c_i h, y + h sum_j a_ij k_j),   y' = y + h sum_i b_i k_i
 * </pre>
 *
 * @param order of consistency
 * @param a lower triangle, row i of length i
 * @param b weights
 * @param error weights of the embedded error estimate, b - b^, or null for a method without
 */
public record Tableau(int order, double[][] a, double[] b, double[] error) {
  private static final double ROUNDING = 1e-14;

  /** Checks shapes and that the weights are consistent: sum b = 1, sum of the error weights = 0. */
  public Tableau {
    if (a.length != b.length || (error != null && error.length != b.length)) {
      throw new IllegalArgumentException("a tableau has one row and one weight per stage");
    }
    for (int i = 0; i < a.length; i++) {
      if (a[i].length != i) {
        throw new IllegalArgumentException(
            "row " + i + " of an explicit tableau has " + i + " entries");
      }
    }
    requireSum("weights", b, 1);
    if (error != null) {
      requireSum("error weights", error, 0);
    }
  }

  private static void requireSum(String what, double[] values, double expected) {
    if (Math.abs(sum(values) - expected) > ROUNDING) {
      throw new IllegalArgumentException(what + " must sum to " + expected);
    }
  }

  /** Number of stages. */
  public int stages() {
    return b.length;
  }

  /** The stage's time as a fraction of the step, c_i = sum_j a_ij. */
  public double c(int stage) {
    return sum(a[stage]);
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
