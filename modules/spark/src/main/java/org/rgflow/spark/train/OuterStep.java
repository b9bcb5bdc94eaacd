package org.rgflow.spark.train;

/**
 * The driver's step on the average of the shards' parameters: Nesterov momentum on the averaged
 * change (DiLoCo, arXiv:2311.08105); rate 1 and momentum 0 take the average itself.
 *
 * <pre>
 *   d = average - theta,  m = momentum * m + d,  theta += rate * (d + momentum * m)
 * </pre>
 */
final class OuterStep {
  private final double rate;
  private final double momentum;
  private final double[] velocity;

  OuterStep(double rate, double momentum, double[] velocity) {
    this.rate = rate;
    this.momentum = momentum;
    this.velocity = velocity;
  }

  double[] velocity() {
    return velocity;
  }

  /** New parameters; the velocity is updated. */
  double[] apply(double[] parameters, double[] average) {
    if (rate == 1 && momentum == 0) {
      return average;
    }
    double[] next = new double[parameters.length];
    for (int i = 0; i < next.length; i++) {
      double change = average[i] - parameters[i];
      velocity[i] = momentum * velocity[i] + change;
      next[i] = parameters[i] + rate * (change + momentum * velocity[i]);
    }
    return next;
  }
}
