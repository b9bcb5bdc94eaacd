package org.rgflow.spark.train.averaging;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The exponential moving average of the parameters over rounds, which follows the trend and not the
 * noise of the last steps.
 *
 * <pre>
 *   a_0 = theta_0,   a_n = d_n a_{n-1} + (1 - d_n) theta_n,   d_n = min(decay, n / (n + 9))
 * </pre>
 *
 * so that it looks back on a tenth of the rounds while they are few, and soon forgets where it
 * began.
 */
public final class MovingAverage {
  /** Of n rounds, while they are few, about one in so many is looked back on. */
  private static final int SHARE = 9;

  /** Parameters on their way from the network at a time. */
  private static final int BLOCK = 1 << 20;

  private final double decay;
  private final double[] values;

  /**
   * @param decay d_n in the end, in [0, 1); 0 keeps the parameters themselves
   * @param values where it stands; taken over
   */
  public MovingAverage(double decay, double[] values) {
    this.decay = decay;
    this.values = values;
  }

  /**
   * Takes in a round's parameters.
   *
   * @param round n, the first being 1
   */
  public void add(int round, INDArray parameters) {
    double kept = Math.min(decay, (double) round / (round + SHARE));
    for (int from = 0; from < values.length; from += BLOCK) {
      int end = Math.min(values.length, from + BLOCK);
      double[] block = StateVector.of(parameters, from, end).toDoubles();
      for (int i = from; i < end; i++) {
        values[i] = kept * values[i] + (1 - kept) * block[i - from];
      }
    }
  }

  /** The average so far. */
  public double[] values() {
    return values;
  }
}
