package org.rgflow.spark;

import com.esotericsoftware.kryo.Kryo;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.serializer.KryoRegistrator;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.Moments;
import org.rgflow.data.Shape;
import org.rgflow.spark.ingest.DecodedExample;

/** Kryo's knowledge of everything that travels between driver and executors: plain classes. */
public final class RgFlowRegistrator implements KryoRegistrator {
  private static final List<String> INTERNAL =
      List.of(
          "org.rgflow.spark.ingest.FileSlice",
          "org.rgflow.spark.train.ShardResult",
          "scala.reflect.ClassTag$GenericClassTag",
          "org.apache.spark.sql.catalyst.expressions.GenericInternalRow",
          "org.apache.spark.sql.types.StringType$",
          "org.apache.spark.sql.execution.datasources.WriteTaskResult",
          "org.apache.spark.sql.execution.datasources.ExecutedWriteSummary",
          "org.apache.spark.sql.execution.datasources.BasicWriteTaskStats",
          "org.apache.spark.internal.io.FileCommitProtocol$TaskCommitMessage");

  @Override
  public void registerClasses(Kryo kryo) {
    for (Class<?> type :
        new Class<?>[] {
          Block.class,
          Block[].class,
          Example.class,
          Shape.class,
          Moments.class,
          Moments[].class,
          DecodedExample.class,
          DecodedExample[].class,
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
          Object[].class,
          Integer[].class,
        }) {
      kryo.register(type);
    }
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
