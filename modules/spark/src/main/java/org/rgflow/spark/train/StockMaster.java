package org.rgflow.spark.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.rgflow.data.Block;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.spark.TaskResources;
import org.rgflow.spark.train.averaging.ShardResult;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.shards.Minibatches;

/**
 * DL4J's own training master on the same minibatches, for comparison: it reports the loss of one
 * batch only, and averages without weights.
 */
final class StockMaster {
  private final JavaSparkContext spark;
  private final int count;
  private final PhaseConfig config;
  private final Minibatches minibatches;

  StockMaster(JavaSparkContext spark, int count, PhaseConfig config, Minibatches minibatches) {
    this.spark = spark;
    this.count = count;
    this.config = config;
    this.minibatches = minibatches;
  }

  /** One averaging round; the network takes its result. */
  List<ShardResult> round(
      MultiLayerNetwork network, JavaRDD<Block> shards, int round, double learningRate) {
    long begin = System.nanoTime();
    network.setLearningRate(learningRate);
    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(count, config.batch())
            .batchSizePerWorker(config.batch())
            .averagingFrequency(config.averaging().localSteps())
            .workerPrefetchNumBatches(0)
            .saveUpdater(true)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .build();
    Minibatches source = minibatches;
    int steps = config.averaging().localSteps();
    JavaRDD<DataSet> batches =
        shards.mapPartitionsWithIndex(
            (shard, blocks) -> batches(source, shard, blocks, round, steps), true);
    SparkDl4jMultiLayer stock = new SparkDl4jMultiLayer(spark, network, master);
    stock.fit(batches);
    network.setParams(stock.getNetwork().params());
    ShardResult result = new ShardResult(0, "");
    List<Block> first = shards.take(1);
    Block block = first.isEmpty() ? null : first.get(0);
    try (Minibatches.Minibatch sample = minibatches.draw(0, block, (long) (round + 1) * steps)) {
      network.score(new DataSet(sample.input(), sample.labels()));
      result.add(FlowNetwork.layer(network).loss(), sample.logDetTransform(), config.batch());
    }
    result.finish((System.nanoTime() - begin) / 1e9);
    return List.of(result);
  }

  private static Iterator<DataSet> batches(
      Minibatches minibatches, int shard, Iterator<Block> blocks, int round, int steps) {
    TaskResources.use(); // the task goes on to train on them
    Block block = blocks.hasNext() ? blocks.next() : null;
    List<DataSet> sets = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      Minibatches.Minibatch batch = minibatches.draw(shard, block, (long) round * steps + step);
      sets.add(new DataSet(batch.input(), batch.labels()));
    }
    return sets.iterator();
  }
}
