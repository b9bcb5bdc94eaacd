package org.rgflow.spark.train.averaging;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The driver's step on the average of the shards' parameters: Nesterov momentum on the averaged
 * change (DiLoCo, arXiv:2311.08105); rate 1 and momentum 0 take the average itself.
 *
 * <pre>
 *   d = average - theta,  m = momentum * m + d,  theta += rate * (d + momentum * m)
 * </pre>
 */
public final class OuterStep {
  private final double rate;
  private final double momentum;
  private double[] velocity;

  /**
   * @param velocity where it stands; of no length at rest
   */
  public OuterStep(double rate, double momentum, double[] velocity) {
    this.rate = rate;
    this.momentum = momentum;
    this.velocity = velocity;
  }

  /** Where it stands; of no length if it never moved. */
  public double[] velocity() {
    return velocity;
  }

  /**
   * Takes the step of one block: the network gets it, the velocity is updated.
   *
   * @param average of the block's parameters, and of its updater state, which is taken as it is
   */
  void step(MultiLayerNetwork network, int block, int blocks, NetworkState average) {
    if (rate == 1 && momentum == 0) {
      average.load(network, block, blocks);
      return;
    }
    if (velocity.length == 0) {
      velocity = new double[(int) network.params().length()];
    }
    int first = NetworkState.first(network.params(), block, blocks);
    double[] averaged = average.parameters().toDoubles();
    double[] parameters =
        StateVector.of(network.params(), first, first + averaged.length).toDoubles();
    for (int i = 0; i < parameters.length; i++) {
      double change = averaged[i] - parameters[i];
      double m = momentum * velocity[first + i] + change;
      velocity[first + i] = m;
      parameters[i] += rate * (change + momentum * m);
    }
    new NetworkState(StateVector.of(parameters), average.updater()).load(network, block, blocks);
  }
}
