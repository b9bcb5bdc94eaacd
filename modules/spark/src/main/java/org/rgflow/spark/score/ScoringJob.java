package org.rgflow.spark.score;

import java.io.IOException;
import java.util.Collections;
import java.util.function.Function;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.rgflow.data.DataException;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.JobFailure;
import org.rgflow.spark.model.FlowModel;
import scala.Tuple4;

/**
 * Gives every example of a set its log likelihood, or says what is wrong with it.
 *
 * <p>Scores are those of {@link ExampleScorer}.
 */
public final class ScoringJob {
  /** The columns: see {@link #score}. */
  public static final StructType SCHEMA =
      new StructType()
          .add("key", DataTypes.StringType, false)
          .add("log_likelihood", DataTypes.DoubleType)
          .add("bits_per_dim", DataTypes.DoubleType)
          .add("nats_per_dim", DataTypes.DoubleType)
          .add("level_log_likelihood", DataTypes.createArrayType(DataTypes.DoubleType))
          .add("solver_error", DataTypes.DoubleType)
          .add("status", DataTypes.StringType)
          .add("error", DataTypes.StringType);

  private final SparkSession spark;
  private final FlowModel model;
  private final ScoringConfig config;

  /** A job; nothing happens before {@link #write}, or an action on what {@link #score} returns. */
  public ScoringJob(SparkSession spark, FlowModel model, ScoringConfig config) {
    this.spark = spark;
    this.model = model;
    this.config = config;
  }

  /**
   * One row to an example, in the files' order.
   *
   * <p>{@code key}; {@code log_likelihood} in nats: log p(x) of real values, and of 8-bit pixels
   * the log density of (u + e)/256, averaged in probability over the draws of e; {@code
   * bits_per_dim} of pixels, null of real values; {@code nats_per_dim} of real values, null of
   * pixels; {@code level_log_likelihood} in nats, the finest level first; {@code solver_error} in
   * nats, log_likelihood less that of twice the step; {@code status}, ok or what to change; {@code
   * error}, one line, null where there is a score.
   */
  public Dataset<Row> score(ImageFiles files, int partitions) {
    ExampleScorer scorer = new ExampleScorer(model, config);
    Broadcast<double[]> parameters =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model.parameters());
    JavaRDD<Row> rows =
        files
            .decodeTolerantly(partitions)
            .mapPartitions(
                examples ->
                    ScoredRows.inTask(
                        examples,
                        Function.identity(),
                        scorer,
                        parameters.value(),
                        (example, score) -> row(scorer, score)));
    return spark.createDataFrame(rows, SCHEMA);
  }

  private static Row row(ExampleScorer scorer, Score score) {
    Score.Likelihood found = score.likelihood();
    if (found == null) {
      return RowFactory.create(
          score.key(), null, null, null, null, null, score.status(), score.error());
    }
    double perDimension = scorer.perDimension(found.logLikelihood());
    return RowFactory.create(
        score.key(),
        found.logLikelihood(),
        scorer.isOfPixels() ? perDimension : null,
        scorer.isOfPixels() ? null : perDimension,
        found.levels(),
        Double.isNaN(found.solverError()) ? null : found.solverError(),
        score.status(),
        null);
  }

  /**
   * Writes the scores as Parquet, through Spark's commit protocol, and sums up what was written.
   *
   * <p>A job that fails leaves no output; one that dies leaves none with a {@code _SUCCESS} file.
   *
   * @param overwrite whether to replace an output that exists, which is deleted first
   * @throws DataException if the output exists and may not be replaced, or holds the images, or no
   *     image has a score, such as with a model of another shape
   */
  public Summary write(ImageFiles files, int partitions, String output, boolean overwrite) {
    requireFree(files, output, overwrite);
    try {
      score(files, partitions).write().mode(SaveMode.Overwrite).parquet(output);
    } catch (Exception e) {
      deleteUncommitted(output, e);
      throw JobFailure.unwrap(e);
    }
    try {
      return summarise(spark.read().schema(SCHEMA).parquet(output));
    } catch (DataException noScore) {
      delete(new Path(output), noScore);
      throw noScore;
    }
  }

  /**
   * Sums up the scores of a set, of which nothing is written.
   *
   * @throws DataException if no image has a score, such as with a model of another shape
   */
  public Summary evaluate(ImageFiles files, int partitions) {
    Dataset<Row> scores = score(files, partitions).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return summarise(scores);
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    } finally {
      scores.unpersist();
    }
  }

  private void requireFree(ImageFiles files, String output, boolean overwrite) {
    Path path = new Path(output);
    try {
      FileSystem system = fileSystem(path);
      if (!overwrite && system.exists(path)) {
        throw new DataException(
            output + ": exists already; allowed: a new path, or score.overwrite=true");
      }
      if (files.anyIn(system.makeQualified(path))) {
        throw new DataException(
            output + ": holds the images to score; allowed: a path outside of them");
      }
    } catch (IOException e) {
      throw new DataException(output + ": cannot be reached: " + e.getMessage(), e);
    }
  }

  private void deleteUncommitted(String output, Exception failure) {
    Path path = new Path(output);
    try {
      if (!fileSystem(path).exists(new Path(path, "_SUCCESS"))) {
        delete(path, failure);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void delete(Path path, Exception failure) {
    try {
      fileSystem(path).delete(path, true);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(spark.sessionState().newHadoopConf());
  }

  /** From the rows themselves: what counts tasks, such as an accumulator, counts retries twice. */
  private Summary summarise(Dataset<Row> scores) {
    String metric = model.transform() != null ? "bits_per_dim" : "nats_per_dim";
    MapPartitionsFunction<Row, Tuple4<Long, Long, String, String>> sum =
        rows -> {
          ExactMoments moments = new ExactMoments();
          rows.forEachRemaining(
              row -> {
                if (row.isNullAt(0)) {
                  moments.addMissing();
                } else {
                  moments.add(row.getDouble(0));
                }
              });
          return Collections.singleton(moments.packed()).iterator();
        };
    ExactMoments all = new ExactMoments();
    scores
        .select(metric)
        .mapPartitions(
            sum,
            Encoders.tuple(Encoders.LONG(), Encoders.LONG(), Encoders.STRING(), Encoders.STRING()))
        .collectAsList()
        .forEach(all::merge);
    if (all.missing() == all.rows()) {
      // Spark reads files in an order of its own
      String first =
          scores
              .agg(functions.min_by(functions.col("error"), functions.col("key")))
              .first()
              .getString(0);
      throw new DataException(first + " (none of " + all.rows() + " images has a score)");
    }
    Row solves =
        scores
            .agg(
                functions.expr("count_if(error is null and status <> '" + Score.OK + "')"),
                functions.expr("max(abs(solver_error))"),
                functions.expr("avg(solver_error)"))
            .first();
    return new Summary(
        all.rows(),
        all.missing(),
        solves.getLong(0),
        all.mean(),
        all.standardError(),
        solves.isNullAt(1) ? Double.NaN : solves.getDouble(1),
        solves.isNullAt(2) ? Double.NaN : solves.getDouble(2));
  }

  /**
   * What the scores of a set come to.
   *
   * @param rows examples
   * @param errors examples without a score
   * @param doubtful examples with a score whose status is not ok
   * @param meanBitsPerDim over examples with a score; nats per dimension for real-valued data; NaN
   *     of none
   * @param standardError of that mean, in its unit; NaN of fewer than two scores
   * @param largestSolverError of any example, nats; NaN where none is known
   * @param meanSolverError with its sign, nats; NaN where none is known
   */
  public record Summary(
      long rows,
      long errors,
      long doubtful,
      double meanBitsPerDim,
      double standardError,
      double largestSolverError,
      double meanSolverError) {}
}
