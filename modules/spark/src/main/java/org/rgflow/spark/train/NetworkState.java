package org.rgflow.spark.train;

import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Parameters and updater state of a network. */
final class NetworkState implements Serializable {
  private static final long serialVersionUID = 1L;

  private StateVector parameters;
  private StateVector updater;

  /** For deserialisation. */
  NetworkState() {}

  NetworkState(StateVector parameters, StateVector updater) {
    this.parameters = parameters;
    this.updater = updater;
  }

  static NetworkState of(MultiLayerNetwork network) {
    return new NetworkState(
        StateVector.of(network.params()), StateVector.of(network.getUpdater().getStateViewArray()));
  }

  void load(MultiLayerNetwork network) {
    parameters.load(network.params());
    updater.load(network.getUpdater().getStateViewArray());
  }

  StateVector parameters() {
    return parameters;
  }

  StateVector updater() {
    return updater;
  }

  /** The average of one part of them weighted by examples, summed in the order of the list. */
  static double[] average(List<ShardResult> results, Function<NetworkState, StateVector> part) {
    double[] sum = new double[part.apply(results.get(0).state()).length()];
    double total = 0;
    for (ShardResult result : results) {
      part.apply(result.state()).addTo(sum, result.examples());
      total += result.examples();
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= total;
    }
    return sum;
  }
}
