package org.rgflow.cli;

import java.util.Map;
import org.apache.spark.SparkConf;

/**
 * How long storage may be away before work fails: about a minute, as S3A's own clients wait.
 *
 * <p>HDFS without a second NameNode would fail at once where its only one is started anew.
 */
final class Patience {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "dfs.client.retry.policy.enabled",
          "true",
          // milliseconds and attempts, in pairs
          "dfs.client.retry.policy.spec",
          "1000,10,5000,10");

  private Patience() {}

  /** Sets what the user has not, by Spark's {@code spark.hadoop.*}. */
  static SparkConf set(SparkConf spark) {
    SETTINGS.forEach((name, value) -> spark.setIfMissing("spark.hadoop." + name, value));
    return spark;
  }
}
