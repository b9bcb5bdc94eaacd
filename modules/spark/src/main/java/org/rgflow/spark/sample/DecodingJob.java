package org.rgflow.spark.sample;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.rgflow.data.DataException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.RowErrors;
import org.rgflow.spark.files.TableOutput;
import org.rgflow.spark.model.FlowModel;

/** Turns latents back into what they are of: the inverse of encoding, row by row. */
public final class DecodingJob {
  private static final String CLASS = "class";

  private static final List<String> COLUMNS = List.of("key", "latents");

  private final SparkSession spark;
  private final FlowModel model;
  private final SolverConfig solver;

  /** A job; nothing happens before one of its calls. */
  public DecodingJob(SparkSession spark, FlowModel model, SolverConfig solver) {
    this.spark = spark;
    this.model = model;
    this.solver = solver;
  }

  /**
   * One row to a row of latents, in its place: {@code key}; {@code image}, a PNG, of gray or RGB
   * pixels, else {@code features}, an array of float: x of real values, or pixels as numbers; and
   * {@code error}, null where there is one of those.
   *
   * @param latents columns {@code key}, a string, and {@code latents}, an array of numbers (C,
   *     sites), the finest level first, and {@code class} of a model of classes; others are passed
   *     over
   * @throws DataException if a column is missing or of another type
   */
  public Dataset<Row> decode(Dataset<Row> latents) {
    for (String column : COLUMNS) {
      if (!Arrays.asList(latents.columns()).contains(column)) {
        throw new DataException(
            "columns "
                + Arrays.toString(latents.columns())
                + " lack "
                + column
                + "; allowed: key and latents, as rgflow score --set score.latents=true writes");
      }
    }
    boolean classes = model.hasClasses();
    if (classes && !Arrays.asList(latents.columns()).contains(CLASS)) {
      throw new DataException(
          "columns "
              + Arrays.toString(latents.columns())
              + " lack class; allowed: one of "
              + model.layer().flow().classes()
              + " in each row, or --class");
    }
    LatentRows rows = new LatentRows(model, solver);
    Broadcast<double[]> parameters =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model.parameters());
    MapPartitionsFunction<Row, Row> decode = some -> rows.decode(some, parameters.value());
    return latents
        .select(
            functions.col("key").cast("string"),
            functions.col("latents").cast("array<double>"),
            (classes ? functions.col(CLASS) : functions.lit(null)).cast("string"))
        .mapPartitions(decode, Encoders.row(rows.schema()));
  }

  /**
   * Decodes a table of Parquet into another, through Spark's commit protocol; what cannot be
   * decoded is a row with its error.
   *
   * @param overwrite whether to replace an output that exists
   * @return rows written, and those of them with an error
   * @throws DataException if the output exists and may not be replaced, or the latents are not
   *     apart from it, or have not the columns, or none can be decoded
   */
  public RowErrors write(String latents, String output, boolean overwrite) {
    TableOutput table = TableOutput.of(spark.sessionState().newHadoopConf(), output);
    table.requireApartFrom(List.of(latents));
    table.requireFree(overwrite, "another --output, or --overwrite");
    try {
      decode(LatentTable.read(spark, latents)).write().mode(SaveMode.Overwrite).parquet(output);
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    }
    RowErrors written = RowErrors.of(spark.read().parquet(output));
    if (written.areAll()) {
      table.delete();
      throw written.none("rows can be decoded");
    }
    return written;
  }
}
