package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.LocalSpark;

/** The flow as a layer under DL4J's own Spark training, with none of ours. */
class StockMasterTest {
  private static final int WORKERS = 4;
  private static final int BATCH = 6;
  private static final int STEPS = 3;

  private static MultiLayerNetwork network() {
    FlowLayer layer =
        new FlowLayer(
            new FlowConfig(
                1,
                new int[] {4, 4},
                2,
                new int[] {5, 4},
                3,
                Padding.CIRCULAR,
                Activation.TANH,
                true,
                3,
                Base.NORMAL),
            Initialisation.STATIC,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM),
            new Regularisation(0.01, 0));
    return FlowNetwork.create(layer, new Sgd(0.05), 0, 5, DataType.FLOAT);
  }

  /** The examples of all workers' step, and a column where DL4J wants labels. */
  private static DataSet whole(int step) {
    INDArray x = Nd4j.create(DataType.FLOAT, WORKERS * BATCH, 16);
    for (int i = 0; i < x.length(); i++) {
      x.putScalar(i, Math.sin(0.7 * i + step));
    }
    return new DataSet(x, Nd4j.zeros(DataType.FLOAT, WORKERS * BATCH, 1));
  }

  private static DataSet part(DataSet whole, int worker) {
    return new DataSet(
        whole.getFeatures().get(rows(worker), NDArrayIndex.all()).dup(),
        whole.getLabels().get(rows(worker), NDArrayIndex.all()).dup());
  }

  private static INDArrayIndex rows(int worker) {
    return NDArrayIndex.interval((long) worker * BATCH, (worker + 1L) * BATCH);
  }

  @Test
  void averagingEveryStepOfSgdEqualsOneMachineWithTheWholeBatch() {
    MultiLayerNetwork alone = network();
    double[] start = alone.params().dup().data().asDouble();
    for (int step = 0; step < STEPS; step++) {
      alone.fit(whole(step));
    }
    double[] one = alone.params().dup().data().asDouble();

    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(WORKERS, BATCH)
            .batchSizePerWorker(BATCH)
            .averagingFrequency(1)
            .workerPrefetchNumBatches(0)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .build();
    SparkSession session = LocalSpark.start(2);
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      SparkDl4jMultiLayer stock = new SparkDl4jMultiLayer(spark, network(), master);
      for (int step = 0; step < STEPS; step++) {
        List<DataSet> parts = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
          parts.add(part(whole(step), worker));
        }
        stock.fit(spark.parallelize(parts, WORKERS));
      }
      double[] many = stock.getNetwork().params().dup().data().asDouble();
      assertThat(many).hasSameSizeAs(one);
      double moved = 0;
      for (int i = 0; i < one.length; i++) {
        assertThat(many[i]).isCloseTo(one[i], within(1e-5));
        moved = Math.max(moved, Math.abs(one[i] - start[i]));
      }
      // else the closeness would say nothing
      assertThat(moved).isGreaterThan(1e-2);
    } finally {
      session.stop();
    }
  }
}
