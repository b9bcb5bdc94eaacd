package org.rgflow.spark.ml;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.rgflow.data.DataException;
import org.rgflow.data.Shape;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.Cores;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.ingest.SortedExamples;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.score.Ranks;
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
  private static final String PARAMS = "params.txt";
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
    return OutputColumns.of(this, getContamination() > 0 ? 0 : Double.NaN).append(schema);
  }

  private ExampleColumn column(StructType schema) {
    int[] axes = getShape();
    Shape shape =
        axes.length == 0 ? null : new Shape(axes[0], Arrays.copyOfRange(axes, 1, axes.length));
    return new ExampleColumn(
        schema,
        this,
        new NumberCells(getFeaturesCol(), shape, "Param shape asks for", getPixels()));
  }

  @Override
  public RgFlowModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema(), true);
    try {
      RgFlowModel model = trained(dataset);
      return getContamination() == 0 ? model : model.setThreshold(threshold(model, dataset));
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    }
  }

  private RgFlowModel trained(Dataset<?> dataset) throws IOException {
    if (!getRunDir().isEmpty()) {
      Configuration hadoop = dataset.sparkSession().sessionState().newHadoopConf();
      try (Lease lease = Lease.of(hadoop, getRunDir(), RunFolder.LEASE, LeaseTerms.ofJob(uid))) {
        RgFlowModel model = trained(dataset, getRunDir(), lease::isLost);
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
    int shards = getNumShards() > 0 ? getNumShards() : Cores.of(spark.sparkContext());
    FitConfig config = FitConfig.of(this, examples.shape(), shards);
    RunFolder run = RunFolder.resume(spark.sessionState().newHadoopConf(), folder);
    requireSameFit(run, config, examples);
    TrainingResult result =
        new TrainingJob(
                spark,
                config.flow(),
                Initialisation.STATIC,
                config.solver(),
                DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
                config.plan(),
                new TrainingInput(examples, null, config.pixels(), null),
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

  /** A folder that others may know is looked at for the rows too, which takes a pass over them. */
  private void requireSameFit(RunFolder run, FitConfig config, SortedExamples examples) {
    boolean isNew = !run.exists();
    requireSame(run, PARAMS, config.toString(), "Params", isNew);
    if (!getRunDir().isEmpty()) {
      // runs of earlier versions have no such file
      requireSame(run, ROWS, examples.fingerprint(), "rows", true);
    }
  }

  private static void requireSame(
      RunFolder run, String file, String asked, String what, boolean mayBeMissing) {
    byte[] bytes = asked.getBytes(StandardCharsets.UTF_8);
    Optional<byte[]> found = run.read(file);
    boolean isOther = found.map(known -> !Arrays.equals(known, bytes)).orElse(!mayBeMissing);
    if (isOther) {
      throw new DataException(
          run.uri() + ": holds a run of other " + what + "; choose another folder for runDir");
    }
    run.write(file, bytes);
  }

  /** A training row's log likelihood, of which contamination's share of the rows are below. */
  private double threshold(RgFlowModel model, Dataset<?> dataset) {
    RgFlowModel scoring = model.copy(ParamMap.empty());
    for (Output output : Output.values()) {
      scoring.with(output.param(scoring), output == Output.LOG_LIKELIHOOD ? uid : "");
    }
    Dataset<Double> scores =
        scoring
            .transform(dataset)
            .select("`" + uid + "`")
            .na()
            .drop()
            .as(Encoders.DOUBLE())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long count = scores.count();
      if (count == 0) {
        throw new DataException(
            "contamination must be 0 where no training row has a score, was " + getContamination());
      }
      // of the number as it is written: 0.29 of 100 rows are 29
      long below =
          BigDecimal.valueOf(getContamination()).multiply(BigDecimal.valueOf(count)).longValue();
      long rank = Math.min(count - 1, below);
      return Ranks.of(scores, List.of(rank)).get(rank);
    } finally {
      scores.unpersist();
    }
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
