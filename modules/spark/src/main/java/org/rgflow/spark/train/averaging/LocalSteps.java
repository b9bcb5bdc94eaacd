package org.rgflow.spark.train.averaging;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.rgflow.data.Block;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.dl4j.FlowOutputLayer;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.TaskResources;
import org.rgflow.spark.train.shards.Minibatches;

/** What a task does in a round: H steps of a DL4J network on its shard. */
public final class LocalSteps implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String networkJson;
  private final Minibatches minibatches;
  private final int localSteps;
  private final int round;
  private final double learningRate;

  public LocalSteps(
      String networkJson, Minibatches minibatches, int localSteps, int round, double learningRate) {
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
   * @param result of the shard, whose number keys its order; gets sums over its batches
   * @param block its examples; null where nothing is stored
   * @param start parameters and updater state
   * @param blocks to cut the state into that the steps come to
   * @return the result, and after it the blocks; none where the steps came to no end
   */
  List<ShardBlock> run(ShardResult result, Block block, NetworkState start, int blocks) {
    long begin = System.nanoTime();
    TaskResources.use();
    MultiLayerNetwork network = NetworkPool.take(networkJson, this::newNetwork);
    start.load(network);
    network.getLayerWiseConfigurations().setIterationCount(round * localSteps);
    network.setLearningRate(learningRate);
    List<ShardBlock> found = new ArrayList<>();
    found.add(new ShardBlock(0, result, null));
    try {
      for (int step = 0; step < localSteps; step++) {
        try (Minibatches.Minibatch batch =
            minibatches.draw(result.shard(), block, (long) round * localSteps + step)) {
          network.fit(new DataSet(batch.input(), batch.labels()));
          add(FlowNetwork.layer(network), batch, result);
        }
      }
    } catch (SolveException e) {
      // thrown, it would be tried again by Spark, to the same end; the driver knows what to do
      FlowNetwork.layer(network).close();
      result.fail(e.getMessage());
      return found;
    }
    for (int i = 0; i < blocks; i++) {
      found.add(new ShardBlock(i + 1, result, NetworkState.of(network, i, blocks)));
    }
    network.clear(); // lets go of the batch, and of the updater with its state
    result.finish((System.nanoTime() - begin) / 1e9);
    NetworkPool.give(networkJson, network);
    return found;
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
