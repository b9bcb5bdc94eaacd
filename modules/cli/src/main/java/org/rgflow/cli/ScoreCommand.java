package org.rgflow.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores images. */
@Command(
    name = "score",
    header = "Score images by their likelihood under a model.",
    description = {
      "Writes Parquet with one row per image: its key, bits per dimension, log-likelihood by level,"
          + " solver error and status. An image that cannot be scored gets a row with the reason in"
          + " its error column."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow score --model runs/photos --data new-photos --output scores",
      "  rgflow score --model model.zip --data s3a://bucket/images --output hdfs:///scores"
          + " --set score.draws=8"
    })
final class ScoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "Folder of a run, or a model's zip.")
  private String model;

  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files or folders of the images.")
  private List<String> data;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the scores.")
  private String output;

  @Option(names = "--seed", paramLabel = "N", description = "score.seed.")
  private String seed;

  @Option(names = "--overwrite", description = "Replace scores already there: score.overwrite.")
  private Boolean overwrite;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    FlowModel flow = storage.model(model);
    Configuration configuration =
        options
            .flag(Keys.SCORE_SEED, seed)
            .flag(Keys.SCORE_OVERWRITE, overwrite)
            .ofFinerSolve(storage, flow);
    ScoringConfig scoring = configuration.scoring();
    if (!options.isQuiet()) {
      out().print(configuration.yaml("data", "solver", "divergence", "score"));
    }
    Backend.warn(spec.commandLine().getErr());
    try (SparkSession spark = Session.open("rgflow score " + output)) {
      ImageFiles files = ImageFiles.list(spark, data, configuration.value(Keys.DATA_CHANNELS));
      ScoringJob.Summary summary =
          new ScoringJob(spark, flow, scoring)
              .write(
                  files,
                  configuration.tasks(Keys.SCORE_PARTITIONS, spark),
                  output,
                  configuration.value(Keys.SCORE_OVERWRITE));
      summarise(summary, flow.transform() == null ? "nats/dim" : "bits/dim");
    }
    return ExitCode.OK;
  }

  private void summarise(ScoringJob.Summary summary, String unit) {
    out()
        .printf(
            Locale.ROOT,
            "scored %,d images, %,d with an error: mean %.4f %s, standard error %.4f%n",
            summary.rows(),
            summary.errors(),
            summary.meanBitsPerDim(),
            unit,
            summary.standardError());
    if (!Double.isNaN(summary.largestSolverError())) {
      out()
          .printf(
              Locale.ROOT,
              "solver  at most %.3g nats from the solve on twice the step; %,d images past"
                  + " score.maxSolverError%n",
              summary.largestSolverError(),
              summary.doubtful());
    }
    out().printf("scores  %s (Parquet)%n", output);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
