package org.rgflow.spark.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.Block;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.train.shards.LatentMinibatches;

class AveragingRoundTest {
  private static final int SHARDS = 3;

  private SparkSession session;
  private JavaSparkContext spark;

  @BeforeEach
  void start() {
    start(LocalSpark.start(2));
  }

  private void start(SparkSession started) {
    session = started;
    spark = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  @AfterEach
  void stop() {
    session.stop();
  }

  private static LocalSteps steps(MultiLayerNetwork network) {
    return new LocalSteps(
        network.getLayerWiseConfigurations().toJson(),
        new LatentMinibatches(
            (FlowLayer) FlowNetwork.layer(network).conf().getLayer(), 2, 7, DataType.FLOAT),
        1,
        0,
        1e-3);
  }

  private JavaRDD<Block> nothing() {
    return spark.parallelize(new ArrayList<>(), SHARDS);
  }

  /** What one machine comes to that takes every shard's steps in turn. */
  private static NetworkState byHand(MultiLayerNetwork network, LocalSteps steps) {
    NetworkState start = NetworkState.of(network);
    StateAverage average = new StateAverage();
    for (int shard = 0; shard < SHARDS; shard++) {
      ShardResult result = new ShardResult(shard, "here");
      average.add(steps.run(result, null, start, 1).get(1).state(), result.examples());
    }
    return average.rounded();
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam", "sgd"})
  void averagingByBlocksOnTheClusterIsAveragingByHandBitForBit(String updater) {
    MultiLayerNetwork network = NetworkStateTest.network(updater);
    assertThat(NetworkState.blocks(network, SHARDS)).isBetween(2, SHARDS);
    LocalSteps steps = steps(network);
    NetworkState expected = byHand(network, steps);
    double[] before = StateVector.of(network.params()).toDoubles();
    try (AveragingRound round = new AveragingRound(spark, network, nothing(), SHARDS, steps)) {
      List<ShardResult> results = round.results();
      assertThat(results).extracting(ShardResult::shard).containsExactly(0, 1, 2);
      assertThat(results).allMatch(result -> result.examples() == 2);
      assertThat(StateVector.of(network.params()).toDoubles()).isEqualTo(before);
      round.average(new OuterStep(1, 0, new double[0]));
    }
    NetworkState found = NetworkState.of(network);
    assertThat(found.parameters().toDoubles())
        .isEqualTo(expected.parameters().toDoubles())
        .isNotEqualTo(before);
    assertThat(found.updater().toDoubles()).isEqualTo(expected.updater().toDoubles());
    assertThat(found.updater().length())
        .isEqualTo(updater.equals("sgd") ? 0 : 2 * found.parameters().length());
  }

  @Test
  void aSessionMayKeepSparksOwnSerializer() {
    session.stop();
    start(
        SparkSession.builder()
            .master("local[2]")
            .appName("test")
            .config("spark.ui.enabled", false)
            .getOrCreate());
    MultiLayerNetwork network = NetworkStateTest.network("adam");
    LocalSteps steps = steps(network);
    NetworkState expected = byHand(network, steps);
    try (AveragingRound round = new AveragingRound(spark, network, nothing(), SHARDS, steps)) {
      assertThat(round.results()).hasSize(SHARDS);
      round.average(new OuterStep(1, 0, new double[0]));
    }
    assertThat(NetworkState.of(network).parameters().toDoubles())
        .isEqualTo(expected.parameters().toDoubles());
  }
}
