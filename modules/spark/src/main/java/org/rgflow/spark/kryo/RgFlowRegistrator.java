package org.rgflow.spark.kryo;

import com.esotericsoftware.kryo.Kryo;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.serializer.KryoRegistrator;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.nd4j.kryo.Nd4jRegistrator;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.Moments;
import org.rgflow.data.PixelCounts;
import org.rgflow.data.Shape;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.spark.ingest.DecodedExample;
import org.rgflow.spark.ingest.DecodedShard;

/** Kryo's knowledge of everything that travels between driver and executors: plain classes. */
public final class RgFlowRegistrator implements KryoRegistrator {
  private static final List<String> INTERNAL =
      List.of(
          "org.rgflow.spark.ingest.FileTable",
          "org.rgflow.spark.train.averaging.NetworkState",
          "org.rgflow.spark.train.averaging.ShardBlock",
          "org.rgflow.spark.train.averaging.ShardResult",
          "org.rgflow.spark.train.averaging.StateVector",
          "scala.reflect.ClassTag$GenericClassTag",
          "org.apache.spark.sql.catalyst.expressions.GenericInternalRow",
          "org.apache.spark.sql.types.ArrayType",
          "org.apache.spark.sql.types.BinaryType$",
          "org.apache.spark.sql.types.ByteType$",
          "org.apache.spark.sql.types.DoubleType$",
          "org.apache.spark.sql.types.FloatType$",
          "org.apache.spark.sql.types.IntegerType$",
          "org.apache.spark.sql.types.StringType$",
          "org.apache.spark.sql.execution.datasources.WriteTaskResult",
          "org.apache.spark.sql.execution.datasources.ExecutedWriteSummary",
          "org.apache.spark.sql.execution.datasources.BasicWriteTaskStats",
          "org.apache.spark.sql.execution.streaming.SinkFileStatus",
          "org.apache.spark.ml.linalg.VectorUDT",
          "org.apache.spark.mllib.evaluation.binary.BinaryLabelCounter",
          "org.apache.spark.mllib.linalg.Vector",
          "breeze.linalg.DenseVector$mcD$sp",
          "org.apache.spark.ml.stat.SummaryBuilderImpl$Mean$",
          "org.apache.spark.ml.stat.SummaryBuilderImpl$Count$",
          "org.apache.spark.ml.stat.SummaryBuilderImpl$ComputeWeightSum$",
          "org.apache.spark.ml.stat.SummaryBuilderImpl$ComputeMean$",
          "org.apache.spark.ml.stat.SummarizerBuffer",
          "org.apache.spark.internal.io.FileCommitProtocol$TaskCommitMessage");

  /** A network's configuration, minibatches, and what DL4J's own training master sends about. */
  private static final List<Class<?>> DL4J =
      List.of(
          FlowLayer.class,
          MultiLayerConfiguration.class,
          NeuralNetConfiguration.class,
          BackpropType.class,
          CacheMode.class,
          GradientNormalization.class,
          OptimizationAlgorithm.class,
          WorkspaceMode.class,
          ActivationSigmoid.class,
          WeightInitXavier.class,
          DataType.class,
          Adam.class,
          AMSGrad.class,
          Nesterovs.class,
          RmsProp.class,
          Sgd.class,
          DataSet.class,
          NetBroadcastTuple.class,
          ParameterAveragingTrainingResult.class,
          ParameterAveragingAggregationTuple.class,
          AtomicInteger.class,
          HashMap.class,
          TreeMap.class);

  @Override
  public void registerClasses(Kryo kryo) {
    new Nd4jRegistrator().registerClasses(kryo);
    for (Class<?> type :
        new Class<?>[] {
          Block.class,
          Block[].class,
          Example.class,
          Shape.class,
          Moments.class,
          Moments[].class,
          PixelCounts.class,
          PixelCounts[].class,
          BigInteger.class,
          BigDecimal.class,
          long[].class,
          DecodedExample.class,
          DecodedExample[].class,
          DecodedShard.class,
          DecodedShard[].class,
          ArrayList.class,
          ArrayList[].class,
          String[].class,
          int[].class,
          int[][].class,
          byte[][].class,
          float[].class,
          float[][].class,
          double[].class,
          double[][].class,
          double[][][].class,
          Object[].class,
          Integer[].class,
        }) {
      kryo.register(type);
    }
    DL4J.forEach(kryo::register);
    for (String name : INTERNAL) {
      register(kryo, name);
    }
  }

  /** Spark's own registrations differ between versions: what a version lacks, it does not send. */
  private static void register(Kryo kryo, String name) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      kryo.register(Class.forName(name, false, loader));
      kryo.register(Class.forName("[L" + name + ";", false, loader));
    } catch (ClassNotFoundException e) {
      if (name.startsWith("org.rgflow")) {
        throw new IllegalStateException(name + " is missing from the class path", e);
      }
    }
  }
}
