package org.rgflow.spark.train;

import java.io.Serializable;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.rgflow.data.Block;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.dl4j.FlowOutputLayer;
import org.rgflow.flow.ode.SolveException;

/** What a task does in a round: H steps of a DL4J network on its shard. */
final class LocalSteps implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String run;
  private final String networkJson;
  private final Minibatches minibatches;
  private final int localSteps;
  private final int round;
  private final double learningRate;

  LocalSteps(
      String run,
      String networkJson,
      Minibatches minibatches,
      int localSteps,
      int round,
      double learningRate) {
    this.run = run;
    this.networkJson = networkJson;
    this.minibatches = minibatches;
    this.localSteps = localSteps;
    this.round = round;
    this.learningRate = learningRate;
  }

  /**
   * Trains on a shard from the round's parameters; a solve that fails ends it early, and the result
   * says so.
   *
   * @param shard number of the shard, which keys its order
   * @param block its examples; null where nothing is stored
   * @param start parameters and updater state
   */
  ShardResult run(int shard, Block block, NetworkState start) {
    long begin = System.nanoTime();
    MultiLayerNetwork network = NetworkPool.take(run, this::newNetwork);
    start.load(network);
    network.getLayerWiseConfigurations().setIterationCount(round * localSteps);
    network.setLearningRate(learningRate);
    ShardResult result = new ShardResult(shard);
    try {
      for (int step = 0; step < localSteps; step++) {
        try (Minibatches.Minibatch batch =
            minibatches.draw(shard, block, (long) round * localSteps + step)) {
          network.fit(new DataSet(batch.input(), batch.labels()));
          add(FlowNetwork.layer(network), batch, result);
        }
      }
    } catch (SolveException e) {
      // thrown, it would be tried again by Spark, to the same end; the driver knows what to do
      FlowNetwork.layer(network).close();
      result.fail(e.getMessage());
      return result;
    }
    result.finish(NetworkState.of(network), (System.nanoTime() - begin) / 1e9);
    network.clear(); // lets go of the batch, and of the updater with its state
    NetworkPool.give(run, network);
    return result;
  }

  private static void add(FlowOutputLayer layer, Minibatches.Minibatch batch, ShardResult result) {
    result.addGradientNorm(layer.gradientNorm());
    switch (layer.layerConf().objective()) {
      case LIKELIHOOD -> result.add(layer.loss(), batch.logDetTransform(), batch.size());
      case FLOW_MATCHING -> result.addMatching(layer.levelLosses(), batch.size());
      case ENERGY -> result.addEnergy(layer.loss(), batch.size());
    }
  }

  private MultiLayerNetwork newNetwork() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(MultiLayerConfiguration.fromJson(networkJson));
    network.init();
    return network;
  }
}
