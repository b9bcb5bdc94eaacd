package org.rgflow.cli;

import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.rgflow.spark.RgFlowRegistrator;

/** Opens Spark as the commands need it, leaving whatever the user has set. */
final class Session {
  private Session() {}

  /** A session; without a master it runs on all cores of this machine. */
  static SparkSession open(String name) {
    SparkConf conf =
        new SparkConf()
            .setIfMissing("spark.master", "local[*]")
            .setIfMissing("spark.serializer", KryoSerializer.class.getName())
            .setIfMissing("spark.kryo.registrator", RgFlowRegistrator.class.getName());
    return SparkSession.builder().config(conf).appName(name).getOrCreate();
  }
}
