package org.rgflow.spark.train.averaging;

/**
 * The average of states weighted by examples, in double precision and summed in the order they
 * come: the same order gives the same bits.
 */
final class StateAverage {
  private NetworkState first;
  private double[] parameters;
  private double[] updater;
  private double total;

  void add(NetworkState state, long examples) {
    if (first == null) {
      first = state;
      parameters = new double[state.parameters().length()];
      updater = new double[state.updater().length()];
    }
    state.parameters().addTo(parameters, examples);
    state.updater().addTo(updater, examples);
    total += examples;
  }

  /** The average in the precision of the states. */
  NetworkState rounded() {
    return new NetworkState(
        first.parameters().like(quotient(parameters)), first.updater().like(quotient(updater)));
  }

  private double[] quotient(double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= total;
    }
    return sum;
  }
}
