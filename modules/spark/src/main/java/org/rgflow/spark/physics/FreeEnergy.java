package org.rgflow.spark.physics;

import java.util.Arrays;

/**
 * Estimates of a model q against exp(-E)/Z from independent x of q, in nats.
 *
 * <p>With w = exp(-E(x))/q(x): E_q[-log w] = -log Z + KL(q, p) bounds -log Z from above, E_q[w] =
 * Z, and (sum w)^2/sum w^2 of N draws are worth as many of p itself.
 *
 * @param samples N
 * @param mean of E - log |det dx/dz|
 * @param bound mean of E + log q
 * @param boundError its standard error; NaN of one sample
 * @param logPartition log mean w
 * @param logPartitionError its standard error by the delta method, sqrt((N/ess - 1)/(N - 1)), which
 *     is one only where few samples do not carry most of the weight
 * @param effectiveSampleSize share of N, in (0, 1]
 */
public record FreeEnergy(
    int samples,
    double mean,
    double bound,
    double boundError,
    double logPartition,
    double logPartitionError,
    double effectiveSampleSize) {

  /**
   * The estimates of some samples.
   *
   * @param free E - log |det dx/dz| of each
   * @param logBase log p_Z of the latents of each
   */
  public static FreeEnergy of(double[] free, double[] logBase) {
    int n = free.length;
    double[] logWeights = new double[n];
    Arrays.setAll(logWeights, i -> -free[i] - logBase[i]);
    double bound = -mean(logWeights);
    double largest = Arrays.stream(logWeights).max().orElse(Double.NaN);
    double[] weights = Arrays.stream(logWeights).map(log -> Math.exp(log - largest)).toArray();
    double sum = Arrays.stream(weights).sum();
    double squares = Arrays.stream(weights).map(w -> w * w).sum();
    double share = sum * sum / squares / n;
    return new FreeEnergy(
        n,
        mean(free),
        bound,
        standardError(logWeights),
        largest + Math.log(sum / n),
        Math.sqrt(Math.max(0, 1 / share - 1) / (n - 1)),
        share);
  }

  static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  static double standardError(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }
}
