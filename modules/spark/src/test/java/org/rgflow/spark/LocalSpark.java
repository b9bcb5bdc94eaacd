package org.rgflow.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.SparkSession;
import org.rgflow.spark.kryo.RgFlowRegistrator;

/** A Spark of this JVM that refuses what Kryo was not told of. */
public final class LocalSpark {
  private LocalSpark() {}

  /** Spark's own Kryo with our registrator, which refuses what it was not told of. */
  public static SerializerInstance kryo() {
    return new KryoSerializer(
            new SparkConf(false)
                .set("spark.kryo.registrator", RgFlowRegistrator.class.getName())
                .set("spark.kryo.registrationRequired", "true"))
        .newInstance();
  }

  /** A session with this many cores; stop it after use. */
  public static SparkSession start(int cores) {
    return SparkSession.builder()
        .master("local[" + cores + "]")
        .appName("test")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .config("spark.kryo.registrator", RgFlowRegistrator.class.getName())
        .config("spark.kryo.registrationRequired", true)
        .getOrCreate();
  }
}
