package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.LocalSpark;

class AveragingRoundTest {
  private static final int SHARDS = 5;

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

  /** A network large enough for several blocks. */
  private static MultiLayerNetwork network(String updater) {
    FlowLayer layer =
        new FlowLayer(
                new FlowConfig(
                    1,
                    new int[] {2, 2},
                    2,
                    new int[] {60, 60},
                    3,
                    Padding.CIRCULAR,
                    Activation.TANH,
                    true,
                    3,
                    Base.NORMAL),
                Initialisation.STATIC,
                SolverConfig.fixed(Method.RK4, 1),
                DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM),
                new Regularisation(0.01, 0))
            .trainedByEnergy(
                new EnergyConfig(
                    "gaussian",
                    Map.of("lattice", "2,2", "channels", "1", "mean", "0.5", "deviation", "2")));
    return FlowNetwork.create(layer, Updaters.of(updater, 1e-3), 0, 5, DataType.FLOAT);
  }

  private static LocalSteps steps(MultiLayerNetwork network, String name) {
    return new LocalSteps(
        name,
        network.getLayerWiseConfigurations().toJson(),
        new LatentMinibatches(
            (FlowLayer) FlowNetwork.layer(network).conf().getLayer(), 2, 7, DataType.FLOAT),
        2,
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
    MultiLayerNetwork network = network(updater);
    assertThat(NetworkState.blocks(network, SHARDS)).isBetween(2, SHARDS);
    LocalSteps steps = steps(network, updater);
    NetworkState expected = byHand(network, steps);
    double[] before = StateVector.of(network.params()).toDoubles();
    try (AveragingRound round = new AveragingRound(spark, network, nothing(), SHARDS, steps)) {
      List<ShardResult> results = round.results();
      assertThat(results).extracting(ShardResult::shard).containsExactly(0, 1, 2, 3, 4);
      assertThat(results).allMatch(result -> result.examples() == 4);
      assertThat(StateVector.of(network.params()).toDoubles()).containsExactly(before);
      round.average(new OuterStep(1, 0, new double[0]));
    }
    NetworkState found = NetworkState.of(network);
    assertThat(found.parameters().toDoubles())
        .containsExactly(expected.parameters().toDoubles())
        .isNotEqualTo(before);
    assertThat(found.updater().toDoubles()).containsExactly(expected.updater().toDoubles());
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
    MultiLayerNetwork network = network("adam");
    LocalSteps steps = steps(network, "java");
    NetworkState expected = byHand(network, steps);
    try (AveragingRound round = new AveragingRound(spark, network, nothing(), SHARDS, steps)) {
      assertThat(round.results()).hasSize(SHARDS);
      round.average(new OuterStep(1, 0, new double[0]));
    }
    assertThat(NetworkState.of(network).parameters().toDoubles())
        .containsExactly(expected.parameters().toDoubles());
  }

  @Test
  void anOuterStepByBlocksIsOneOfTheWhole() {
    double[][] ends = new double[2][];
    int[] blocks = {1, 7};
    for (int i = 0; i < blocks.length; i++) {
      MultiLayerNetwork network = network("adam");
      OuterStep outer = new OuterStep(0.7, 0.9, new double[0]);
      for (int step = 0; step < 2; step++) {
        MultiLayerNetwork averaged = network("adam");
        averaged.params().muli(1.5 + step);
        for (int block = 0; block < blocks[i]; block++) {
          outer.step(network, block, blocks[i], NetworkState.of(averaged, block, blocks[i]));
        }
      }
      ends[i] = StateVector.of(network.params()).toDoubles();
      double w = StateVector.of(network("adam").params()).toDoubles()[3];
      // d = 0.5 w, m = d: w + 0.7 (d + 0.9 d); then d = 2.5 w - that, m = 0.9 m + d
      double first = w * (1 + 0.7 * 1.9 * 0.5);
      double change = 2.5 * w - first;
      double m = 0.9 * 0.5 * w + change;
      assertThat(outer.velocity()[3]).isCloseTo(m, within(1e-6));
      assertThat(ends[i][3]).isCloseTo(first + 0.7 * (change + 0.9 * m), within(1e-6));
    }
    assertThat(ends[1]).containsExactly(ends[0]);
  }

  @Test
  void networksAreCutByTasksAndByWhatAMessageHolds() {
    MultiLayerNetwork network = network("adam");
    long numbers = 3 * network.params().length();
    assertThat(NetworkState.blocks(network, 1)).isEqualTo(1);
    assertThat(NetworkState.blocks(network, 2)).isEqualTo(2);
    assertThat(NetworkState.blocks(network, 100_000)).isEqualTo((int) (numbers >> 16));
  }
}
