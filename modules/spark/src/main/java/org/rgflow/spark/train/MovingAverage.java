package org.rgflow.spark.train;

/**
 * The exponential moving average of the parameters over rounds, which follows the trend and not the
 * noise of the last steps.
 *
 * <pre>
 *   a_0 = theta_0,   a = decay a + (1 - decay) theta
 * </pre>
 */
final class MovingAverage {
  private final double decay;
  private final double[] values;

  /**
   * @param decay in [0, 1); 0 keeps the parameters themselves
   * @param values where it stands; taken over
   */
  MovingAverage(double decay, double[] values) {
    this.decay = decay;
    this.values = values;
  }

  void add(double[] parameters) {
    for (int i = 0; i < values.length; i++) {
      values[i] = decay * values[i] + (1 - decay) * parameters[i];
    }
  }

  double[] values() {
    return values;
  }
}
