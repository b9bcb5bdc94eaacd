package org.rgflow.cli.session;

import java.io.PrintWriter;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.machine.Backend;
import org.rgflow.cli.machine.Diagnosis;
import org.rgflow.spark.kryo.RgFlowRegistrator;
import picocli.CommandLine.Model.CommandSpec;

/** Opens Spark as the commands need it, leaving whatever the user has set. */
public final class Session {
  /** Of spark-hadoop-cloud, which a Spark may have or not. */
  private static final String CLOUD = "org.apache.spark.internal.io.cloud.";

  private Session() {}

  /**
   * A session named after a command and what it is about; without a master it runs on all cores of
   * this machine.
   */
  public static SparkSession open(CommandSpec command, Object subject) {
    SparkConf conf =
        Patience.set(new SparkConf())
            .setIfMissing("spark.master", "local[*]")
            .setIfMissing("spark.serializer", KryoSerializer.class.getName())
            .setIfMissing("spark.kryo.registrator", RgFlowRegistrator.class.getName());
    if (isPresent(CLOUD + "PathOutputCommitProtocol")) {
      commitToObjectStores(conf);
    }
    String name = "rgflow " + command.name() + " " + subject;
    return SparkSession.builder().config(conf).appName(name.strip()).getOrCreate();
  }

  /** The same for work that computes, after a word on what would slow it down or end it. */
  public static SparkSession openToCompute(CommandSpec command, Object subject) {
    PrintWriter err = command.commandLine().getErr();
    Backend.warn(err);
    SparkSession spark = open(command, subject);
    Diagnosis.warnOfMemory(spark.sparkContext().getConf(), err);
    return spark;
  }

  /** The same for work whose output is a table, after a word on a slow way into an object store. */
  public static SparkSession openToWrite(CommandSpec command, String table) {
    if (table.startsWith("s3a:") && !isPresent(CLOUD + "PathOutputCommitProtocol")) {
      command
          .commandLine()
          .getErr()
          .println(
              "warning: "
                  + table
                  + ": this Spark commits by renames, which S3 does by copying; with"
                  + " spark-hadoop-cloud of its version among its jars it would not");
    }
    return openToCompute(command, table);
  }

  /** A rename in S3 copies, file by file; its own committer completes uploads instead. */
  private static void commitToObjectStores(SparkConf conf) {
    conf.setIfMissing("spark.sql.sources.commitProtocolClass", CLOUD + "PathOutputCommitProtocol")
        .setIfMissing(
            "spark.sql.parquet.output.committer.class", CLOUD + "BindingParquetOutputCommitter")
        .setIfMissing(
            "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a",
            "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory")
        .setIfMissing("spark.hadoop.fs.s3a.committer.name", "magic");
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
