package org.rgflow.spark.physics;

import java.util.Arrays;

/**
 * Mean of a quantity along Markov chains, and over how many steps it remembers itself: the Gamma
 * method (Wolff, hep-lat/0306017).
 *
 * <pre>
 *   tau = 1/2 + sum over t = 1..W of Gamma(t)/Gamma(0),   error of the mean = sqrt(2 tau Gamma(0)/N)
 * </pre>
 *
 * with Gamma the autocovariance about the mean of all N numbers, its bias of that mean corrected.
 * The window W is the least at which the truncation is smaller than the noise, exp(-W/s) less than
 * s/sqrt(W N), with s = 1.5 / log((2 tau + 1)/|2 tau - 1|). Independent numbers have tau = 1/2.
 *
 * @param mean over all chains and steps
 * @param meanError NaN where there is no window
 * @param time tau in steps; NaN where it is more than a tenth of a chain, which no window then
 *     judges, or nothing varies
 * @param timeError standard error of tau by equation 42; NaN as tau
 * @param window W in steps; 0 where there is none
 */
public record Autocorrelation(
    double mean, double meanError, double time, double timeError, int window) {
  /** Memory in units of tau, S of the source. */
  private static final double MEMORY = 1.5;

  /** Of a chain that remembers for longer, its own error cannot be told. */
  private static final double LARGEST_SHARE = 0.1;

  /**
   * The estimates of some chains.
   *
   * @param chains [chain][step], all of one length of at least 2
   */
  public static Autocorrelation of(double[][] chains) {
    int steps = chains[0].length;
    double count = (double) chains.length * steps;
    double mean = Arrays.stream(chains).flatMapToDouble(Arrays::stream).sum() / count;
    double variance = covariance(chains, mean, 0);
    double[] gamma = new double[steps / 2 + 1];
    gamma[0] = variance;
    double sum = 0;
    for (int t = 1; t < gamma.length && variance > 0; t++) {
      gamma[t] = covariance(chains, mean, t);
      sum += gamma[t] / variance;
      double scale = MEMORY / Math.log((sum + 1) / Math.abs(sum));
      if (sum > -0.5 && Math.exp(-t / scale) < scale / Math.sqrt(t * count)) {
        Autocorrelation found = windowed(gamma, mean, count, t);
        return found.time <= steps * LARGEST_SHARE ? found : unknown(mean);
      }
    }
    return unknown(mean);
  }

  private static Autocorrelation unknown(double mean) {
    return new Autocorrelation(mean, Double.NaN, Double.NaN, Double.NaN, 0);
  }

  private static Autocorrelation windowed(double[] gamma, double mean, double count, int window) {
    double total = gamma[0] + 2 * Arrays.stream(gamma, 1, window + 1).sum();
    double bias = total / count;
    double variance = gamma[0] + bias;
    double corrected = total + (2 * window + 1) * bias;
    double time = corrected / (2 * variance);
    return new Autocorrelation(
        mean,
        Math.sqrt(Math.max(0, corrected) / count),
        time,
        2 * Math.abs(time) * Math.sqrt(Math.max(0, window + 0.5 - time) / count),
        window);
  }

  private static double covariance(double[][] chains, double mean, int lag) {
    double sum = 0;
    for (double[] chain : chains) {
      for (int i = 0; i + lag < chain.length; i++) {
        sum += (chain[i] - mean) * (chain[i + lag] - mean);
      }
    }
    return sum / ((double) chains.length * (chains[0].length - lag));
  }
}
