package org.rgflow.cli.session;

import java.util.Map;
import org.apache.spark.SparkConf;

/**
 * How long storage may be away before work fails: about a minute, two to three where S3 says that
 * it is busy.
 *
 * <p>HDFS without a second NameNode would fail at once where its only one is started anew, and S3A
 * would try a busy server for hours: twenty times its client's own twenty.
 */
final class Patience {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "dfs.client.retry.policy.enabled",
          "true",
          // milliseconds and attempts, in pairs
          "dfs.client.retry.policy.spec",
          "1000,10,5000,10",
          "fs.s3a.attempts.maximum",
          "5",
          "fs.s3a.retry.throttle.limit",
          "8");

  private Patience() {}

  /** Sets what the user has not, by Spark's {@code spark.hadoop.*}. */
  static SparkConf set(SparkConf spark) {
    SETTINGS.forEach((name, value) -> spark.setIfMissing("spark.hadoop." + name, value));
    return spark;
  }
}
