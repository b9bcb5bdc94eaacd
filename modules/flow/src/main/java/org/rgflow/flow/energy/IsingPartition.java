package org.rgflow.flow.energy;

import java.util.function.DoubleUnaryOperator;

/**
 * The exact partition function of the Ising model on an n x m torus (Kaufman, Phys. Rev. 76, 1232,
 * 1949; the four products as in Ferdinand and Fisher, Phys. Rev. 185, 832, 1969):
 *
 * <pre>
 *   Z = (2 sinh 2K)^(nm/2) / 2 * (prod 2 cosh(m g_odd / 2) + prod 2 sinh(m g_odd / 2)
 *                               + prod 2 cosh(m g_even / 2) + prod 2 sinh(m g_even / 2))
 *   cosh g_l = cosh 2K coth 2K - cos(pi l / n),  g_0 = 2K + log tanh K,  K = 1/T
 * </pre>
 */
public final class IsingPartition {
  private IsingPartition() {}

  /**
   * log Z in nats, J = 1; sites that meet twice, on an axis of two, have two bonds.
   *
   * @param temperature T in units of J
   */
  public static double log(int rows, int columns, double temperature) {
    double coupling = 1 / temperature;
    double[] odd = new double[rows];
    double[] even = new double[rows];
    for (int r = 0; r < rows; r++) {
      odd[r] = 0.5 * columns * gamma(2 * r + 1, rows, coupling);
      even[r] = 0.5 * columns * gamma(2 * r, rows, coupling);
    }
    double[] logs = {
      sum(odd, EvenFunctions::logTwoCosh),
      sum(odd, EvenFunctions::logTwoSinh),
      sum(even, EvenFunctions::logTwoCosh),
      sum(even, EvenFunctions::logTwoSinh)
    };
    double largest = Math.max(Math.max(logs[0], logs[1]), Math.max(logs[2], logs[3]));
    // g_0 is the one that may be negative: above the critical temperature
    double sign = Math.signum(even[0]);
    double sum =
        Math.exp(logs[0] - largest)
            + Math.exp(logs[1] - largest)
            + Math.exp(logs[2] - largest)
            + sign * Math.exp(logs[3] - largest);
    return 0.5 * rows * columns * EvenFunctions.logTwoSinh(2 * coupling)
        - Math.log(2)
        + largest
        + Math.log(sum);
  }

  private static double gamma(int l, int rows, double coupling) {
    if (l == 0) {
      return 2 * coupling + Math.log(Math.tanh(coupling));
    }
    // cosh 2K coth 2K = 2 + (s - 1)^2/s with s = sinh 2K, so that nothing cancels near g = 0
    double s = Math.sinh(2 * coupling);
    double half = Math.sin(0.5 * Math.PI * l / rows);
    double excess = (s - 1) * (s - 1) / s + 2 * half * half;
    return Math.log1p(excess + Math.sqrt(excess * (2 + excess)));
  }

  private static double sum(double[] values, DoubleUnaryOperator function) {
    double sum = 0;
    for (double value : values) {
      sum += function.applyAsDouble(value);
    }
    return sum;
  }
}
