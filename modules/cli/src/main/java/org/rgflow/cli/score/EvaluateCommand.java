package org.rgflow.cli.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.options.ImagesOption;
import org.rgflow.cli.options.ModelOption;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.terminal.Findings;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.score.ScoreSummary;
import org.rgflow.spark.score.ScoringJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model's likelihood of a set of images. */
@Command(
    name = "evaluate",
    header = "Measure a model's likelihood of a set of images.",
    description = {
      "Prints the mean with its 95 %% interval, and beside it what a reader needs to compare it: how"
          + " pixels were dequantised, the divergence, the solver and its error, parameters, images"
          + " seen in training, and time. Nothing is written; see rgflow score for every image's own."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow evaluate --model runs/photos --data photos/test",
      "  rgflow evaluate --model runs/photos --data photos/test --draws 16 --json"
    })
public final class EvaluateCommand implements Callable<Integer> {
  /** Standard errors on each side that hold 95 % of a normal distribution. */
  private static final double SPREAD = 1.959964;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private ImagesOption images;
  @Mixin private ConfigurationOptions options;

  @Option(names = "--draws", paramLabel = "N", description = "score.draws.")
  private String drawn;

  @Option(names = "--seed", paramLabel = "N", description = "score.seed.")
  private String seed;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    FlowModel flow = model.read(storage);
    Configuration configuration =
        options
            .flag(Keys.SCORE_DRAWS, drawn)
            .flag(Keys.SCORE_SEED, seed)
            .ofFinerSolve(storage, flow);
    Findings found = describe(flow, configuration);
    examplesSeen(storage).ifPresent(n -> found.put("images_seen", n));
    try (SparkSession spark = Session.openToCompute(spec, model.path())) {
      ImageFiles files = images.list(spark, configuration);
      int tasks = configuration.tasks(Keys.SCORE_PARTITIONS, spark);
      long begin = System.nanoTime();
      ScoreSummary summary =
          new ScoringJob(spark, flow, configuration.scoring()).evaluate(files, tasks);
      found.putTime(begin, tasks);
      put(found, summary, flow);
    }
    if (json) {
      found.printJson();
    } else {
      print(found);
    }
    return ExitCode.OK;
  }

  private Findings describe(FlowModel flow, Configuration configuration) {
    Findings found = new Findings(spec.commandLine().getOut());
    found.putModel(model.path(), flow);
    found.put("unit", flow.unit());
    int draws = configuration.value(Keys.SCORE_DRAWS);
    found.put("draws", flow.isOfPixels() ? draws : 0);
    DivergenceConfig divergence =
        configuration
            .divergence()
            .resolve(flow.layer().flow().velocity(), DivergenceConfig.Use.SCORING);
    found.put("divergence", Keys.DIVERGENCE_KIND.write(divergence.kind()));
    found.putSolver(configuration.solver(), flow);
    return found;
  }

  /** Of a run, whose newest line of metrics tells. */
  private OptionalLong examplesSeen(Storage storage) throws IOException {
    if (!storage.isFolder(model.path())) {
      return OptionalLong.empty();
    }
    List<String> metrics = RunFolder.resume(storage.hadoop(), model.path()).metrics();
    if (metrics.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode last = JSON.readTree(metrics.get(metrics.size() - 1));
    return OptionalLong.of(last.path("examples").asLong());
  }

  private static void put(Findings found, ScoreSummary summary, FlowModel flow) {
    found.put("images", summary.rows());
    found.put("errors", summary.errors());
    found.put("mean", summary.mean());
    found.put("standard_error", summary.standardError());
    found.put("low", summary.mean() - SPREAD * summary.standardError());
    found.put("high", summary.mean() + SPREAD * summary.standardError());
    double nat = flow.unitsPerNat();
    found.put("solver_error_mean", nat * summary.meanSolverError());
    found.put("solver_error_largest", nat * summary.largestSolverError());
    found.put("doubtful", summary.doubtful());
  }

  private static void print(Findings found) {
    found.printModel(
        found.has("images_seen")
            ? Findings.format(", %,d images seen", found.number("images_seen"))
            : "");
    found.line(
        found.text("unit"),
        "%.4f%s",
        found.value("mean"),
        found.has("standard_error")
            ? Findings.format(
                ", 95 %% between %.4f and %.4f; standard error %.4f",
                found.value("low"), found.value("high"), found.value("standard_error"))
            : ", of one image");
    found.line("images", "%,d, %,d with an error", found.number("images"), found.number("errors"));
    if (found.number("draws") > 0) {
      found.line(
          "dequantised",
          "uniformly, %d draw%s",
          found.number("draws"),
          found.number("draws") == 1 ? "" : "s averaged in probability");
    }
    found.line(
        "divergence",
        "%s%s",
        found.text("divergence"),
        found.text("divergence").equals("probe") ? ", an estimate" : ", exact");
    found.printSolver(
        found.has("solver_error_mean")
            ? Findings.format(
                "; twice the step gives %+.5f on average, %.5f at most; %,d images past"
                    + " score.maxSolverError",
                found.value("solver_error_mean"),
                found.value("solver_error_largest"),
                found.number("doubtful"))
            : "");
    found.printTime();
  }
}
