package org.rgflow.spark.physics;

import java.util.Arrays;
import org.rgflow.data.KeyedNoise;

/**
 * Independent samples of a model q with what weighs them against exp(-E)/Z: log w = -E - log q.
 *
 * @param free E - log |det dx/dz| of each, nats
 * @param logBase log p_Z of the latents of each, nats
 * @param energies E of each, nats
 */
public record WeightedDraws(double[] free, double[] logBase, double[] energies) {
  /** Share of a chain's steps that let it forget where it started. */
  private static final double WARM_UP = 0.1;

  /** A draw of acceptances that no trajectory uses. */
  private static final long PROPOSALS = -1;

  /** What the samples say of log Z. */
  public FreeEnergy freeEnergy() {
    return FreeEnergy.of(free, logBase);
  }

  /** A mean with its standard error. */
  public record Mean(double value, double error) {}

  /** E under exp(-E)/Z in nats, by the weights; the error by the delta method. */
  public Mean meanEnergy() {
    double[] weights = logWeights();
    double largest = Arrays.stream(weights).max().orElse(Double.NaN);
    double sum = 0;
    double first = 0;
    for (int i = 0; i < energies.length; i++) {
      weights[i] = Math.exp(weights[i] - largest);
      sum += weights[i];
      first += weights[i] * energies[i];
    }
    double mean = first / sum;
    double squares = 0;
    for (int i = 0; i < energies.length; i++) {
      squares += Math.pow(weights[i] * (energies[i] - mean), 2);
    }
    return new Mean(mean, Math.sqrt(squares) / sum);
  }

  /**
   * Shape k of the weights' tail, NaN where it cannot be told: past {@link #reliableTail} the
   * estimates by weights, their errors and the effective sample size are not reliable.
   */
  public double tail() {
    return ParetoTail.shape(logWeights());
  }

  /** The largest shape of a tail with which weights are relied on (arXiv:1507.02646). */
  public static double reliableTail() {
    return ParetoTail.RELIABLE;
  }

  private double[] logWeights() {
    double[] logs = new double[free.length];
    Arrays.setAll(logs, i -> -free[i] - logBase[i]);
    return logs;
  }

  /**
   * Checks that {@link #metropolis} has samples enough.
   *
   * @throws IllegalArgumentException if not
   */
  public static void requireEnough(int samples, int chains) {
    if (samples / chains < 4) {
      throw new IllegalArgumentException(
          "physics.samples must be at least 4 physics.chains, which is "
              + 4L * chains
              + ", was "
              + samples);
    }
  }

  /**
   * Chains of independence Metropolis-Hastings, which has exp(-E)/Z as its limit whatever the
   * model: from x to the next sample x' with chance min(1, w(x')/w(x)).
   *
   * <p>Chain c walks along the c-th part of the samples, from its first. A tenth of each is
   * warm-up.
   *
   * @param chains with at least four samples for each
   * @param seed of the acceptances
   * @throws IllegalArgumentException of fewer samples
   */
  public ChainStatistics metropolis(int chains, long seed) {
    requireEnough(free.length, chains);
    int length = free.length / chains;
    double[] logWeights = logWeights();
    int warmUp = 1 + (int) (WARM_UP * length);
    double[][] acceptance = new double[chains][length - warmUp];
    double[][] visited = new double[chains][length - warmUp];
    for (int c = 0; c < chains; c++) {
      KeyedNoise noise = new KeyedNoise(seed, c, KeyedNoise.Purpose.ACCEPTANCE, PROPOSALS);
      int here = c * length;
      for (int t = 1; t < length; t++) {
        int proposal = c * length + t;
        double chance = Math.min(1, Math.exp(logWeights[proposal] - logWeights[here]));
        if (noise.uniform() < chance) {
          here = proposal;
        }
        if (t >= warmUp) {
          acceptance[c][t - warmUp] = chance;
          visited[c][t - warmUp] = energies[here];
        }
      }
    }
    return ChainStatistics.of(acceptance, visited);
  }
}
