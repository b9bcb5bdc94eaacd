package org.rgflow.spark.score;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
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
import org.rgflow.data.Example;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.RowErrors;
import org.rgflow.spark.files.TableOutput;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.ToldBy;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
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

  /** The column, where it is asked for, of latents (C, sites), the finest level first. */
  public static final String LATENTS = "latents";

  /** The column of the class, of a model of classes. */
  public static final String CLASS = "class";

  /** Of the columns, -log p per dimension in the model's unit. */
  public static final String PER_DIMENSION = "coalesce(bits_per_dim, nats_per_dim)";

  private static final String NO_SCORE = "images has a score";

  private static final double[] SHARES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

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
    return score(files, 0, files.count(), partitions, false, broadcast());
  }

  /**
   * As {@link #score}, with the {@link #LATENTS} beside, and {@code class} of a model of classes.
   */
  public Dataset<Row> encode(ImageFiles files, int partitions) {
    return score(files, 0, files.count(), partitions, true, broadcast());
  }

  private Broadcast<double[]> broadcast() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model.parameters());
  }

  private Dataset<Row> score(
      ImageFiles files,
      long from,
      long to,
      int partitions,
      boolean latents,
      Broadcast<double[]> parameters) {
    ExampleScorer scorer = new ExampleScorer(model, config);
    boolean classes = model.hasClasses();
    JavaRDD<Row> rows =
        (classes ? files.labelled() : files)
            .decodeTolerantly(from, to, partitions)
            .mapPartitions(
                examples ->
                    ScoredRows.inTask(
                        examples,
                        Function.identity(),
                        scorer,
                        parameters.value(),
                        (example, score) ->
                            row(scorer, score, latents, classes, example.example())));
    return spark.createDataFrame(rows, schema(latents, classes));
  }

  private static StructType schema(boolean latents, boolean classes) {
    if (!latents) {
      return SCHEMA;
    }
    StructType schema = SCHEMA.add(LATENTS, DataTypes.createArrayType(DataTypes.FloatType));
    return classes ? schema.add(CLASS, DataTypes.StringType) : schema;
  }

  /**
   * @param latents whether they are wanted, and of a model of classes the class
   */
  private static Row row(
      ExampleScorer scorer, Score score, boolean latents, boolean classes, Example example) {
    Object[] values = new Object[schema(latents, classes).size()];
    values[0] = score.key();
    values[6] = score.status();
    values[7] = score.error();
    Score.Likelihood found = score.likelihood();
    if (found != null) {
      values[1] = found.logLikelihood();
      values[scorer.isOfPixels() ? 2 : 3] = scorer.perDimension(found.logLikelihood());
      values[4] = found.levels();
      values[5] = Double.isNaN(found.solverError()) ? null : found.solverError();
      if (latents) {
        values[SCHEMA.size()] = floats(found.latents());
        if (classes) {
          values[SCHEMA.size() + 1] = example.label();
        }
      }
    }
    return RowFactory.create(values);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * Writes the scores as Parquet, chunk by chunk through Spark's commit protocol, and sums up what
   * was written.
   *
   * <p>Where the folder holds scores of the same files (of a model of classes also of the same
   * files of labels), model and configuration, those that are missing are added; of a finished one
   * nothing is done. A job that fails before its first chunk is written leaves no output.
   *
   * @throws DataException if the output exists and is of something else, or holds the images, or no
   *     image has a score, such as with a model of another shape
   * @throws org.rgflow.spark.lease.LeaseHeldException if another writes there
   */
  public ScoreSummary write(ImageFiles found, ScoreOutput output, ScoringListener listener) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    try (Lease lease =
        Lease.of(hadoop, output.folder(), TableOutput.LEASE, LeaseTerms.ofJob("score"))) {
      ScoreFolder folder = ScoreFolder.open(hadoop, output.folder());
      return write(model.hasClasses() ? found.labelled() : found, output, folder, lease, listener);
    }
  }

  private ScoreSummary write(
      ImageFiles found,
      ScoreOutput output,
      ScoreFolder folder,
      Lease lease,
      ScoringListener listener) {
    requireApart(found, folder.table(), output);
    ScorePlan wanted =
        new ScorePlan(
            model.id(),
            config.identity(),
            found.inventory().fingerprint(),
            output.latents(),
            found.count(),
            output.chunk(),
            output.partitions());
    Optional<ScorePlan> begun = output.overwrite() ? Optional.empty() : folder.plan();
    if (begun.isEmpty()) {
      folder.table().requireFree(output.overwrite(), "a new path, or score.overwrite=true");
      folder.table().delete();
      return write(found, wanted, folder, output, lease, listener);
    }
    begun.get().requireSameOutput(wanted, output.folder());
    ImageFiles planned = planned(found, folder, output);
    ScorePlan plan = begun.get();
    int complete = 0;
    while (complete < plan.chunks() && folder.isComplete(complete)) {
      complete++;
    }
    listener.resumed(
        plan.first(complete), plan.count(), found.inventory().size() - planned.inventory().size());
    Optional<ScoreSummary> finished = folder.summary();
    return finished.isPresent()
        ? finished.get()
        : write(planned, plan, folder, output, lease, listener);
  }

  private static void requireApart(ImageFiles files, TableOutput table, ScoreOutput output) {
    if (files.anyIn(table.root())) {
      throw new DataException(
          output.folder() + ": holds the images to score; allowed: a path outside of them");
    }
  }

  private static ImageFiles planned(ImageFiles found, ScoreFolder folder, ScoreOutput output) {
    FileInventory begun = folder.files();
    ToldBy told = told(begun, found.inventory());
    String missing = begun.firstMissingIn(found.inventory().toldBy(told));
    if (missing != null) {
      throw new DataException(
          output.folder()
              + ": holds scores of other images, such as "
              + missing
              + ", which is gone or has changed since; allowed: a new path, or"
              + " score.overwrite=true");
    }
    ImageFiles planned = found.among(begun.toldBy(told));
    folder.labels().ifPresent(labels -> requireSameLabels(labels, planned, output));
    return planned;
  }

  /** By content where it is known, as a file that was only touched has the same scores. */
  private static ToldBy told(FileInventory begun, FileInventory now) {
    return begun.knowsContent() && now.knowsContent() ? ToldBy.CONTENT : ToldBy.TIME;
  }

  private static void requireSameLabels(
      FileInventory begun, ImageFiles planned, ScoreOutput output) {
    FileInventory now = planned.labels().orElseThrow();
    ToldBy told = told(begun, now);
    String changed = begun.firstMissingIn(now.toldBy(told));
    String other = changed != null ? changed : now.firstMissingIn(begun.toldBy(told));
    if (other != null) {
      throw new DataException(
          output.folder()
              + ": holds scores by other labels, such as those of "
              + other
              + ", which is new, gone or has changed since; allowed: a new path, or"
              + " score.overwrite=true");
    }
  }

  private ScoreSummary write(
      ImageFiles files,
      ScorePlan plan,
      ScoreFolder folder,
      ScoreOutput output,
      Lease lease,
      ScoringListener listener) {
    int partitions = plan.partitions() > 0 ? plan.partitions() : output.partitions();
    Broadcast<double[]> parameters = broadcast();
    try {
      if (folder.plan().isEmpty()) {
        folder.begin(plan, files, output.earlier());
      }
      for (int chunk = 0; chunk < plan.chunks(); chunk++) {
        if (!folder.isComplete(chunk)) {
          lease.require();
          score(
                  files,
                  plan.first(chunk),
                  plan.first(chunk + 1),
                  partitions,
                  output.latents(),
                  parameters)
              .write()
              .mode(SaveMode.Overwrite)
              .parquet(folder.chunk(chunk));
          lease.require(); // another may have written the same chunk meanwhile
          listener.chunk(plan.first(chunk + 1), plan.count());
        }
      }
    } catch (Exception e) {
      RuntimeException failure = JobFailure.unwrap(e);
      throw folder.isComplete(0) || lease.isLost() ? failure : deleted(folder, failure);
    } finally {
      parameters.destroy();
    }
    Dataset<Row> scores = folder.rows(spark);
    ScoreSummary summary = summarise(scores);
    if (summary.hasNone()) {
      throw deleted(folder, RowErrors.of(scores).none(NO_SCORE));
    }
    folder.finish(plan, summary);
    return summary;
  }

  private static RuntimeException deleted(ScoreFolder folder, RuntimeException failure) {
    try {
      folder.table().delete();
    } catch (DataException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /**
   * Sums up the scores of a set, of which nothing is written.
   *
   * @throws DataException if no image has a score, such as with a model of another shape
   */
  public ScoreSummary evaluate(ImageFiles files, int partitions) {
    Dataset<Row> scores = score(files, partitions).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      ScoreSummary summary = summarise(scores);
      if (summary.hasNone()) {
        throw RowErrors.of(scores).none(NO_SCORE);
      }
      return summary;
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    } finally {
      scores.unpersist();
    }
  }

  /** From the rows themselves: what counts tasks, such as an accumulator, counts retries twice. */
  private ScoreSummary summarise(Dataset<Row> scores) {
    String metric = model.isOfPixels() ? "bits_per_dim" : "nats_per_dim";
    ExactMoments all = moments(scores.select(metric));
    Row solves =
        scores
            .agg(
                functions.expr("count_if(error is null and status <> '" + Score.OK + "')"),
                functions.expr("max(abs(solver_error))"),
                functions.count_distinct(functions.col("key")))
            .first();
    return new ScoreSummary(
        all.rows(),
        all.rows() - solves.getLong(2),
        all.missing(),
        solves.getLong(0),
        model.unit(),
        all.mean(),
        all.standardError(),
        percentiles(scores.select(metric), all.rows() - all.missing()),
        solves.isNullAt(1) ? Double.NaN : solves.getDouble(1),
        moments(scores.select("solver_error")).mean());
  }

  /** Of one column of double. */
  private static ExactMoments moments(Dataset<Row> column) {
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
    column
        .mapPartitions(
            sum,
            Encoders.tuple(Encoders.LONG(), Encoders.LONG(), Encoders.STRING(), Encoders.STRING()))
        .collectAsList()
        .forEach(all::merge);
    return all;
  }

  private static List<ScoreSummary.Percentile> percentiles(Dataset<Row> metric, long count) {
    if (count == 0) {
      return List.of();
    }
    Dataset<Double> known = metric.na().drop().as(Encoders.DOUBLE());
    List<Long> ranks = Arrays.stream(SHARES).mapToObj(share -> Ranks.of(share, count)).toList();
    Map<Long, Double> found = Ranks.of(known, ranks);
    return IntStream.range(0, SHARES.length)
        .mapToObj(i -> new ScoreSummary.Percentile(SHARES[i], found.get(ranks.get(i))))
        .toList();
  }
}
