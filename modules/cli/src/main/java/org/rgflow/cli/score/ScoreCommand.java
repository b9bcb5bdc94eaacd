package org.rgflow.cli.score;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.options.ImagesOption;
import org.rgflow.cli.options.ModelOption;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.terminal.ExitStatus;
import org.rgflow.cli.terminal.StopSignal;
import org.rgflow.spark.files.TableOutput;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.ToldBy;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ScoreFolder;
import org.rgflow.spark.score.ScoreSummary;
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
          + " its error column. Run again after it was killed it goes on, and of scores that have"
          + " finished it does nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow score --model runs/photos --data new-photos --output scores",
      "  rgflow score --model model.zip --data s3a://bucket/images --output hdfs:///scores"
          + " --draws 8",
      "  rgflow score --model runs/photos --data photos --output scores/tue"
          + " --since-manifest scores/mon"
    })
public final class ScoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private ImagesOption images;
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the scores.")
  private String output;

  @Option(names = "--draws", paramLabel = "N", description = "score.draws.")
  private String draws;

  @Option(names = "--seed", paramLabel = "N", description = "score.seed.")
  private String seed;

  @Option(
      names = "--since-manifest",
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "Outputs of earlier scores that have finished: their files are left out, and those that"
              + " they left out; score.newBy tells which are the same.")
  private List<String> since = List.of();

  @Option(
      names = "--latents",
      description = "Write the latents too, of which decode makes images again: score.latents.")
  private Boolean latents;

  @Option(names = "--overwrite", description = "Replace scores already there: score.overwrite.")
  private Boolean overwrite;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    FlowModel flow = model.read(storage);
    Configuration configuration =
        options
            .flag(Keys.SCORE_DRAWS, draws)
            .flag(Keys.SCORE_SEED, seed)
            .flag(Keys.SCORE_LATENTS, latents)
            .flag(Keys.SCORE_OVERWRITE, overwrite)
            .ofFinerSolve(storage, flow);
    ScoringConfig scoring = configuration.scoring();
    TableOutput.of(storage.hadoop(), output).requireApartFrom(images.paths());
    FileInventory earlier = FileInventory.empty();
    for (String scores : since) {
      earlier = earlier.and(ScoreFolder.scoredFiles(storage.hadoop(), scores));
    }
    ToldBy told = configuration.value(Keys.SCORE_NEW_BY);
    FileInventory known = earlier.toldBy(told);
    if (!options.isQuiet()) {
      out().print(configuration.yaml("data", "solver", "divergence", "score"));
    }
    try (SparkSession spark = Session.openToWrite(spec, output);
        StopSignal stop = StopSignal.listen(out(), "the end after this chunk of scores")) {
      ImageFiles files =
          since.isEmpty()
              ? images.list(spark, configuration, told)
              : images.listNew(spark, configuration, flow.hasClasses() ? known.labelled() : known);
      ScoringProgress progress = new ScoringProgress(options.shown(spec), stop::isRequested);
      ScoreSummary summary =
          new ScoringJob(spark, flow, scoring)
              .write(files, configuration.scoreOutput(output, spark, files.known()), progress);
      progress.finish();
      print(summary);
    } catch (CancellationException e) {
      out().println("stopped; the same command goes on");
      return ExitStatus.STOPPED;
    }
    return ExitCode.OK;
  }

  private void print(ScoreSummary summary) {
    printf("scored  %,d images, %,d with an error%n", summary.rows(), summary.errors());
    if (summary.rows() > 0) {
      printf(
          "mean    %.4f %s, %s%n",
          summary.mean(),
          summary.unit(),
          Double.isNaN(summary.standardError())
              ? "of one image"
              : format("standard error %.4f", summary.standardError()));
      String shares =
          summary.percentiles().stream()
              .map(one -> format("%.0f %% %.4f", 100 * one.share(), one.value()))
              .collect(Collectors.joining("   "));
      printf("below   %s%n", shares);
    }
    if (!Double.isNaN(summary.largestSolverError())) {
      printf(
          "solver  at most %.3g nats from the solve on twice the step; %,d images past"
              + " score.maxSolverError%n",
          summary.largestSolverError(), summary.doubtful());
    }
    if (summary.duplicateKeys() > 0) {
      printf(
          "keys    %,d images have the key of another: rows are told apart by their keys alone%n",
          summary.duplicateKeys());
    }
    printf("scores  %s (Parquet, _manifest.json)%n", output);
  }

  private void printf(String format, Object... values) {
    out().print(format(format, values));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
