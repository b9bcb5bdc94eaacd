package org.rgflow.flow.energy;

/** Logarithms of hyperbolic functions that neither overflow nor cancel. */
final class EvenFunctions {
  private EvenFunctions() {}

  /** log(2 cosh x). */
  static double logTwoCosh(double x) {
    double magnitude = Math.abs(x);
    return magnitude + Math.log1p(Math.exp(-2 * magnitude));
  }

  /** log(2 sinh |x|); minus infinity at 0. */
  static double logTwoSinh(double x) {
    double magnitude = Math.abs(x);
    return magnitude + Math.log(-Math.expm1(-2 * magnitude));
  }
}
