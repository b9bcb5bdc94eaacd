package org.rgflow.spark.ml;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.rgflow.spark.train.MetricsLine;

/** How training went. */
public final class RgFlowTrainingSummary {
  private final List<String> metrics;
  private final String unit;

  RgFlowTrainingSummary(List<String> metrics, String unit) {
    this.metrics = metrics;
    this.unit = unit;
  }

  /** Rounds of training. */
  public int totalIterations() {
    return metrics.size();
  }

  /** Of losses: {@code bits/dim} of pixels, {@code nats/dim} of real values. */
  public String unit() {
    return unit;
  }

  /**
   * A row for each round, in their order, with the columns of a run's {@code metrics.jsonl}: {@code
   * round}, {@code examples}, {@code train_loss}, and where it was validated {@code held_out_loss}
   * and {@code solver_error}, to name a few.
   */
  public Dataset<Row> history() {
    SparkSession spark = SparkSession.active();
    return spark
        .read()
        .schema(MetricsLine.SCHEMA)
        .json(spark.createDataset(metrics, Encoders.STRING()))
        .orderBy("round");
  }
}
