package org.rgflow.spark.ml;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.rgflow.data.DataException;
import org.rgflow.data.Shape;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.Cores;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.ingest.SortedExamples;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.score.Ranks;
import org.rgflow.spark.score.UsualScores;
import org.rgflow.spark.score.UsualScores.Distance;
import org.rgflow.spark.train.TrainingJob;
import org.rgflow.spark.train.TrainingListener;
import org.rgflow.spark.train.shards.TrainingInput;

/**
 * Learns the density of a column of examples: the training of the command {@code train}.
 *
 * <p>The parameters are a function of the Params and the set of keys and examples, bit for bit for
 * one {@code numShards}, whatever the order and the partitions of the rows. A row that cannot be
 * read, or is of another shape, fails the fit with one line that names it.
 */
public final class RgFlow extends Estimator<RgFlowModel>
    implements ScoringParams<RgFlow>,
        NetworkParams<RgFlow>,
        TrainingParams<RgFlow>,
        DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final String ROWS = "rows.txt";

  private final String uid;

  /** An estimator of this name. */
  public RgFlow(String uid) {
    this.uid = uid;
    Defaults.scoring(this);
    Defaults.network(this);
    Defaults.training(this);
  }

  /** An estimator of a random name. */
  public RgFlow() {
    this(Identifiable.randomUID("rgflow"));
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    column(schema);
    // whatever the rule, its column is the same
    return OutputColumns.of(this, getContamination() > 0 ? AnomalyRule.below(0) : null)
        .append(schema);
  }

  private ExampleColumn column(StructType schema) {
    int[] axes = getShape();
    Shape shape =
        axes.length == 0 ? null : new Shape(axes[0], Arrays.copyOfRange(axes, 1, axes.length));
    return new ExampleColumn(
        schema,
        this,
        new NumberCells(getFeaturesCol(), shape, "Param shape asks for", getPixels()),
        getClasses().length > 0);
  }

  @Override
  public RgFlowModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema(), true);
    try {
      RgFlowModel model = trained(dataset);
      return getContamination() == 0 ? model : calibrated(model, dataset);
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    }
  }

  private RgFlowModel trained(Dataset<?> dataset) throws IOException {
    if (!getRunDir().isEmpty()) {
      Configuration hadoop = dataset.sparkSession().sessionState().newHadoopConf();
      try (Lease lease = Lease.of(hadoop, getRunDir(), RunFolder.LEASE, LeaseTerms.ofJob(uid))) {
        RgFlowModel model = trained(dataset, getRunDir(), lease.guarding(() -> false));
        lease.require();
        return model;
      }
    }
    // the driver alone reads and writes the run
    java.nio.file.Path folder = Files.createTempDirectory("rgflow-fit-");
    try {
      return trained(dataset, folder.toUri().toString(), () -> false);
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  private RgFlowModel trained(Dataset<?> dataset, String folder, BooleanSupplier stop) {
    SparkSession spark = dataset.sparkSession();
    SortedExamples examples =
        new SortedExamples(dataset.toDF().javaRDD().map(column(dataset.schema())::decode));
    RunFolder run = RunFolder.resume(spark.sessionState().newHadoopConf(), folder);
    int shards = shards(run, spark);
    FitConfig config = FitConfig.of(this, examples.shape(), shards);
    TrainingInput input =
        new TrainingInput(examples, null, config.transform(), config.augmentation(), null);
    if (!getRunDir().isEmpty()) {
      new FitParams(this, examples.shape(), shards).keepIn(run);
      requireSameRows(run, examples.fingerprint());
    }
    TrainingResult result =
        new TrainingJob(
                spark,
                config.flow(),
                Initialisation.STATIC,
                config.solver(),
                DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
                config.plan(),
                input,
                run,
                new TrainingListener() {
                  @Override
                  public boolean isStopRequested() {
                    return stop.getAsBoolean();
                  }
                })
            .run();
    RgFlowModel model = new RgFlowModel(uid, result.model(), run.metrics());
    return copyValues(model, ParamMap.empty()).setParent(this);
  }

  private int shards(RunFolder run, SparkSession spark) {
    return getNumShards() > 0
        ? getNumShards()
        : FitParams.shardsOf(run).orElseGet(() -> Cores.of(spark.sparkContext()));
  }

  /** A run without the file is one whose driver died before it noted the rows. */
  private static void requireSameRows(RunFolder run, String fingerprint) {
    byte[] bytes = fingerprint.getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(run.read(ROWS).orElse(bytes), bytes)) {
      throw new DataException(
          run.uri() + ": holds a run of other rows; choose another folder for runDir");
    }
    run.write(ROWS, bytes);
  }

  /** The model with a threshold beyond which contamination's share of the training rows are. */
  private RgFlowModel calibrated(RgFlowModel model, Dataset<?> dataset) {
    Dataset<Row> scores = scores(model, dataset).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long count = scores.count();
      if (count == 0) {
        throw new DataException(
            "contamination must be 0 where no training row has a score, was " + getContamination());
      }
      // of the number as it is written: 0.29 of 100 rows are 29
      long beyond =
          BigDecimal.valueOf(getContamination()).multiply(BigDecimal.valueOf(count)).longValue();
      Distance by = ConstantNames.constant(Distance.class, getAnomalyBy());
      if (by == Distance.LIKELIHOOD) {
        Dataset<Double> numbers = scores.select("log_likelihood").as(Encoders.DOUBLE());
        return model.setThreshold(numberOf(beyond, numbers));
      }
      UsualScores usual = UsualScores.of(scores, scores.first().getList(1).size());
      double threshold = numberOf(count - 1 - beyond, distances(scores, usual, by));
      return model.calibrated(usual).setThreshold(threshold);
    } finally {
      scores.unpersist();
    }
  }

  /** The scores of the rows that have one, as {@link UsualScores} takes them. */
  private Dataset<Row> scores(RgFlowModel model, Dataset<?> dataset) {
    String levels = uid + "_levels";
    RgFlowModel scoring = model.copy(ParamMap.empty());
    for (Output output : Output.values()) {
      String name =
          switch (output) {
            case LOG_LIKELIHOOD -> uid;
            case LEVEL_LOG_LIKELIHOOD -> levels;
            default -> "";
          };
      scoring.with(output.param(scoring), name);
    }
    return scoring
        .transform(dataset)
        .select(
            functions.col("`" + uid + "`").as("log_likelihood"),
            functions.col("`" + levels + "`").as("level_log_likelihood"))
        .where("log_likelihood is not null");
  }

  private static Dataset<Double> distances(Dataset<Row> scores, UsualScores usual, Distance by) {
    MapFunction<Row, Double> distance =
        row -> {
          double[] levels =
              row.<Double>getList(1).stream().mapToDouble(Double::doubleValue).toArray();
          return usual.distance(by, row.getDouble(0), levels);
        };
    return scores.map(distance, Encoders.DOUBLE());
  }

  private static double numberOf(long rank, Dataset<Double> numbers) {
    return Ranks.of(numbers, List.of(rank)).get(rank);
  }

  @Override
  public RgFlow copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads what {@link #write()} wrote. */
  public static MLReader<RgFlow> read() {
    return new DefaultParamsReader<>();
  }

  /** Loads a saved estimator. */
  public static RgFlow load(String path) {
    return read().load(path);
  }
}
