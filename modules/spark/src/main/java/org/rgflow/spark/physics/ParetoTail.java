package org.rgflow.spark.physics;

import java.util.Arrays;

/**
 * How heavy the tail of importance weights is: the shape k of a generalised Pareto distribution
 * fitted to the largest of them.
 *
 * <p>Moments of the weights above order 1/k do not exist. Up to k = 0.5 their variance is finite
 * and errors mean what they say; past 0.7 no number of samples that can be had makes estimates by
 * weights, their errors or an effective sample size reliable (Vehtari, Simpson, Gelman, Yao and
 * Gabry, arXiv:1507.02646).
 */
final class ParetoTail {
  /** Past it weights are not to be relied on. */
  static final double RELIABLE = 0.7;

  /** Fewer exceedances tell no shape. */
  private static final int LEAST = 5;

  private ParetoTail() {}

  /**
   * The shape k of the tail, min(n/5, 3 sqrt n) weights, by the estimator of Zhang and Stephens
   * (Technometrics 51:316, 2009) with the weak prior of arXiv:1507.02646 towards 0.5.
   *
   * @param logWeights of the samples
   * @return NaN of too few samples, or where the largest weights are all the same
   */
  static double shape(double[] logWeights) {
    double[] sorted = logWeights.clone();
    Arrays.sort(sorted);
    int count = (int) Math.ceil(Math.min(0.2 * sorted.length, 3 * Math.sqrt(sorted.length)));
    if (count < LEAST || sorted.length <= count) {
      return Double.NaN;
    }
    int first = sorted.length - count;
    double largest = sorted[sorted.length - 1];
    double threshold = Math.exp(sorted[first - 1] - largest);
    double[] exceedances = new double[count];
    Arrays.setAll(exceedances, i -> Math.exp(sorted[first + i] - largest) - threshold);
    return exceedances[count - 1] > 0 ? fitted(exceedances) : Double.NaN;
  }

  /** A mean over a grid of the other parameter, -k/scale, by the profile likelihood of each. */
  private static double fitted(double[] ascending) {
    int n = ascending.length;
    double quartile = ascending[(int) (n / 4.0 + 0.5) - 1];
    double unit = quartile > 0 ? quartile : ascending[n - 1] / n;
    int points = 30 + (int) Math.sqrt(n);
    double[] theta = new double[points];
    double[] profile = new double[points];
    for (int j = 0; j < points; j++) {
      theta[j] = 1 / ascending[n - 1] + (1 - Math.sqrt(points / (j + 0.5))) / (3 * unit);
      double k = shape(theta[j], ascending);
      profile[j] = n * (Math.log(-theta[j] / k) - k - 1);
    }
    double best = Arrays.stream(profile).filter(p -> !Double.isNaN(p)).max().orElse(0);
    double sum = 0;
    double mean = 0;
    for (int j = 0; j < points; j++) {
      double weight = Double.isNaN(profile[j]) ? 0 : Math.exp(profile[j] - best);
      sum += weight;
      mean += weight * theta[j];
    }
    return (n * shape(mean / sum, ascending) + 10 * 0.5) / (n + 10);
  }

  private static double shape(double theta, double[] exceedances) {
    return Arrays.stream(exceedances).map(x -> Math.log1p(-theta * x)).average().orElseThrow();
  }
}
