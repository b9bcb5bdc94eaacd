package org.rgflow.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ScoringJob;
import org.rgflow.spark.train.RunFolder;
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
      "Prints the mean with its 95 % interval, and beside it what a reader needs to compare it: how"
          + " pixels were dequantised, the divergence, the solver and its error, parameters, images"
          + " seen in training, and time. Nothing is written; see rgflow score for every image's own."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow evaluate --model runs/photos --data photos/test",
      "  rgflow evaluate --model runs/photos --data photos/test --draws 16 --json"
    })
final class EvaluateCommand implements Callable<Integer> {
  /** Standard errors on each side that hold 95 % of a normal distribution. */
  private static final double SPREAD = 1.959964;

  private static final ObjectMapper JSON = new ObjectMapper();

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

  @Option(names = "--draws", paramLabel = "N", description = "score.draws.")
  private String drawn;

  @Option(names = "--seed", paramLabel = "N", description = "score.seed.")
  private String seed;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    FlowModel flow = storage.model(model);
    Configuration configuration =
        options
            .flag(Keys.SCORE_DRAWS, drawn)
            .flag(Keys.SCORE_SEED, seed)
            .ofFinerSolve(storage, flow);
    ObjectNode found = describe(flow, configuration);
    examplesSeen(storage).ifPresent(n -> found.put("images_seen", n));
    Backend.warn(spec.commandLine().getErr());
    try (SparkSession spark = Session.open("rgflow evaluate " + model)) {
      ImageFiles files = ImageFiles.list(spark, data, configuration.value(Keys.DATA_CHANNELS));
      int tasks = configuration.tasks(Keys.SCORE_PARTITIONS, spark);
      long begin = System.nanoTime();
      ScoringJob.Summary summary =
          new ScoringJob(spark, flow, configuration.scoring()).evaluate(files, tasks);
      found.put("seconds", (System.nanoTime() - begin) / 1e9);
      found.put("tasks", tasks);
      put(found, summary, flow);
    }
    if (json) {
      out().println(found);
    } else {
      print(found);
    }
    return ExitCode.OK;
  }

  private ObjectNode describe(FlowModel flow, Configuration configuration) {
    ObjectNode found = JSON.createObjectNode();
    found.put("model", model);
    found.put("parameters", flow.network().numParams());
    found.put("unit", flow.unit());
    int draws = configuration.value(Keys.SCORE_DRAWS);
    found.put("draws", flow.transform() == null ? 0 : draws);
    DivergenceConfig divergence =
        configuration
            .divergence()
            .resolve(flow.layer().flow().velocity(), DivergenceConfig.Use.SCORING);
    found.put("divergence", Keys.DIVERGENCE_KIND.write(divergence.kind()));
    SolverConfig solver = configuration.solver();
    found.put("solver", Keys.SOLVER_METHOD.write(solver.method()));
    if (!solver.method().isAdaptive()) {
      int stages = solver.method().tableau().stages();
      found.put("steps", solver.steps());
      int solves = flow.layer().flow().levels().size() * flow.layer().flow().blocks();
      found.put("evaluations", stages * solver.steps() * solves);
    }
    found.put("backend", Backend.loaded().toString());
    return found;
  }

  /** Of a run, whose newest line of metrics tells. */
  private OptionalLong examplesSeen(Storage storage) throws IOException {
    if (!storage.isFolder(model)) {
      return OptionalLong.empty();
    }
    List<String> metrics = RunFolder.resume(storage.hadoop(), model).metrics();
    if (metrics.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode last = JSON.readTree(metrics.get(metrics.size() - 1));
    return OptionalLong.of(last.path("examples").asLong());
  }

  private static void put(ObjectNode found, ScoringJob.Summary summary, FlowModel flow) {
    found.put("images", summary.rows());
    found.put("errors", summary.errors());
    found.put("mean", summary.meanBitsPerDim());
    putKnown(found, "standard_error", summary.standardError());
    putKnown(found, "low", summary.meanBitsPerDim() - SPREAD * summary.standardError());
    putKnown(found, "high", summary.meanBitsPerDim() + SPREAD * summary.standardError());
    double nat = flow.lossPerDimension(1) - flow.lossPerDimension(0);
    putKnown(found, "solver_error_mean", nat * summary.meanSolverError());
    putKnown(found, "solver_error_largest", nat * summary.largestSolverError());
    found.put("doubtful", summary.doubtful());
  }

  /** JSON has no NaN: what is not known is left out. */
  private static void putKnown(ObjectNode found, String name, double value) {
    if (!Double.isNaN(value)) {
      found.put(name, value);
    }
  }

  private void print(ObjectNode found) {
    line(
        "model",
        "%s, %,d parameters%s",
        found.path("model").asText(),
        number(found, "parameters"),
        found.has("images_seen")
            ? String.format(Locale.ROOT, ", %,d images seen", number(found, "images_seen"))
            : "");
    line(
        found.path("unit").asText(),
        "%.4f%s",
        value(found, "mean"),
        found.has("standard_error")
            ? String.format(
                Locale.ROOT,
                ", 95 %% between %.4f and %.4f; standard error %.4f",
                value(found, "low"),
                value(found, "high"),
                value(found, "standard_error"))
            : "");
    line("images", "%,d, %,d with an error", number(found, "images"), number(found, "errors"));
    if (number(found, "draws") > 0) {
      line(
          "dequantised",
          "uniformly, %d draw%s",
          number(found, "draws"),
          number(found, "draws") == 1 ? "" : "s averaged in probability");
    }
    line(
        "divergence",
        "%s%s",
        found.path("divergence").asText(),
        found.path("divergence").asText().equals("probe") ? ", an estimate" : ", exact");
    line(
        "solver",
        "%s%s%s",
        found.path("solver").asText(),
        found.has("steps")
            ? String.format(
                Locale.ROOT,
                " of %d steps a level, %d evaluations",
                number(found, "steps"),
                number(found, "evaluations"))
            : "",
        found.has("solver_error_mean")
            ? String.format(
                Locale.ROOT,
                "; twice the step gives %+.5f on average, %.5f at most; %,d images past"
                    + " score.maxSolverError",
                value(found, "solver_error_mean"),
                value(found, "solver_error_largest"),
                number(found, "doubtful"))
            : "");
    line(
        "time",
        "%.1f s in %d tasks, %s",
        value(found, "seconds"),
        number(found, "tasks"),
        found.path("backend").asText());
  }

  private void line(String name, String format, Object... values) {
    out().printf("%-12s%s%n", name, String.format(Locale.ROOT, format, values));
  }

  private static long number(ObjectNode found, String name) {
    return found.path(name).asLong();
  }

  private static double value(ObjectNode found, String name) {
    return found.path(name).asDouble();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
