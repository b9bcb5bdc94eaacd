package org.rgflow.cli.train;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.AbsolutePaths;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.config.Sections;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.data.DataException;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.Cores;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.train.TrainingJob;
import org.rgflow.spark.train.shards.Target;

/**
 * A training with its folder and its progress.
 *
 * @param configuration with a number of shards
 * @param target what is learnt
 * @param files of images, which the folder gets the names of
 * @param folder of the run
 * @param sections of the configuration that the folder gets
 * @param commandLine for its provenance
 * @param shown where it tells how it goes
 */
public record Training(
    Configuration configuration,
    Target target,
    Map<RunFiles, ImageFiles> files,
    RunFolder folder,
    List<String> sections,
    List<String> commandLine,
    Shown shown) {
  /** What a run's folder tells of its configuration. */
  public static final List<String> SECTIONS =
      Stream.concat(Sections.LEARNT.stream(), Stream.of("run")).toList();

  /** The number of shards is part of the result, so the run stores a number. */
  public static Configuration settleShards(Configuration configuration, SparkSession spark) {
    return settleShards(configuration, () -> Cores.of(spark.sparkContext()));
  }

  /** The same with so many cores. */
  public static Configuration settleShards(Configuration configuration, IntSupplier cores) {
    return configuration.value(Keys.TRAIN_SHARDS) > 0
        ? configuration
        : configuration.with(Keys.TRAIN_SHARDS, cores.getAsInt(), "one a core");
  }

  /**
   * The transform stays that of the model that training starts from, so the run stores it.
   *
   * @param start null where it starts from none
   * @throws DataException if another transform was asked for
   */
  public static Configuration settleTransform(Configuration configuration, FlowModel start) {
    return start == null
        ? configuration
        : configuration.withTransform(nameOfStart(configuration), start.transform());
  }

  private static String nameOfStart(Configuration configuration) {
    String from = configuration.value(Keys.TRAIN_START);
    return from.isEmpty() ? "the champion (retrain.start)" : "train.start " + from;
  }

  /**
   * Trains, from the run's newest checkpoint where there is one.
   *
   * @param settled what else is to be done once data and model have proved good
   * @param stop asked after every round
   */
  public TrainingResult run(SparkSession spark, Runnable settled, BooleanSupplier stop) {
    FlowConfig flow = configuration.flow(target.shape());
    if (target.start() != null) {
      configuration.requireStart(
          nameOfStart(configuration), target.start().layer().flow(), target.shape());
    }
    configuration.divergence().resolve(flow.velocity(), DivergenceConfig.Use.TRAINING);
    RecordedProgress progress = new RecordedProgress(this, spark, settled, stop);
    TrainingJob job =
        new TrainingJob(
            spark,
            flow,
            configuration.value(Keys.MODEL_INIT),
            configuration.solver(),
            configuration.divergence(),
            configuration.training(),
            target,
            folder,
            progress);
    try {
      return job.run();
    } finally {
      progress.finish();
    }
  }

  /** The configuration as it was given. */
  String yaml() {
    return configuration.yaml(sections);
  }

  /** The same as the folder gets it, for whoever goes on from another working directory. */
  String storedYaml(SparkSession spark) {
    AbsolutePaths paths = new AbsolutePaths(spark.sessionState().newHadoopConf());
    return paths.of(configuration).yaml(sections);
  }
}
