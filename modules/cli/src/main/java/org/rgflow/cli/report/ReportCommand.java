package org.rgflow.cli.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.config.Layer;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.Selection;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.run.RunFolder;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a run as a page. */
@Command(
    name = "report",
    header = "Show a run, or two side by side, as one HTML page.",
    description = {
      "The page needs no network: learning curves, samples, likelihoods of training, held-out and other"
          + " images, the most and the least likely of them, levels, cost, checkpoints, configuration."
          + " report.images of each set are scored, from all over it. While a run is being trained its"
          + " newest checkpoint is shown."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow report --run runs/photos --data photos/test",
      "  rgflow report --run runs/photos --data photos/test --outliers scans --output report.html",
      "  rgflow report --compare runs/a runs/b --data photos/test --output a-and-b.html"
    })
public final class ReportCommand implements Callable<Integer> {
  private static final String FILE = "report.html";

  @Spec private CommandSpec spec;
  @Mixin private ConfigurationOptions options;

  @ArgGroup(multiplicity = "1")
  private Runs runs;

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Images that were not trained on; if none, the data.validation of the (first) run, or else"
              + " what was held out of its training images.")
  private List<String> data = List.of();

  @Option(
      names = "--outliers",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Images of another kind.")
  private List<String> outliers = List.of();

  @Option(names = "--images", paramLabel = "N", description = "report.images.")
  private String images;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "The page; of one run report.html in its folder if not given.")
  private String output;

  private static final class Runs {
    @Option(
        names = "--run",
        required = true,
        paramLabel = "DIR",
        description = "Folder of the run.")
    private String one;

    @Option(
        names = "--compare",
        required = true,
        arity = "2",
        paramLabel = "DIR",
        description = "Folders of two runs.")
    private List<String> two;

    List<String> folders() {
      return one == null ? two : List.of(one);
    }
  }

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    List<String> folders = runs.folders();
    if (output == null && folders.size() > 1) {
      throw new IllegalArgumentException("--output must be given with --compare, was none");
    }
    Path page = new Path(output == null ? folders.get(0) + "/" + FILE : output);
    options.flag(Keys.REPORT_IMAGES, images);
    List<RunHistory> histories = new ArrayList<>();
    for (String folder : folders) {
      requireNoRegisteredModel(storage, folder);
      histories.add(RunHistory.read(folder, RunFolder.resume(storage.hadoop(), folder)));
    }
    requireComparable(histories);
    byte[] html;
    try (SparkSession spark = Session.openToCompute(spec, page)) {
      Configuration stored = stored(histories.get(0)); // whose training images are shown
      Map<Role, ImageFiles> sets = sets(spark, storage, stored);
      Selection learnt = learnt(stored);
      List<Evaluation> evaluations = new ArrayList<>();
      for (RunHistory history : histories) {
        evaluations.add(
            history.model().isPresent()
                ? evaluate(spark, storage, sets, learnt, history.model().get())
                : null);
      }
      html =
          histories.size() == 1
              ? RunReport.of(histories.get(0), evaluations.get(0))
              : RunComparison.of(
                  new RunComparison.Side(histories.get(0), evaluations.get(0)),
                  new RunComparison.Side(histories.get(1), evaluations.get(1)));
    }
    // of a name alone it is empty
    String folder = page.getParent() == null ? "" : page.getParent().toString();
    storage.write(folder.isEmpty() ? "." : folder, Map.of(page.getName(), html));
    out().printf(Locale.ROOT, "report  %s (%,d kB)%n", page, html.length / 1000);
    return ExitCode.OK;
  }

  /** Elsewhere it stands for its champion, but a page is of one version and lies in a folder. */
  private static void requireNoRegisteredModel(Storage storage, String folder) {
    Optional<RegisteredModel> registered = Registry.modelIn(storage.hadoop(), folder);
    if (registered.isPresent()) {
      RegisteredModel model = registered.get();
      throw new DataException(
          folder
              + ": a registered model; allowed: the folder of a run, or of a version, such as the"
              + " champion's "
              + model.folder(model.requireChampion().number()));
    }
  }

  private static void requireComparable(List<RunHistory> histories) {
    List<FlowModel> models = histories.stream().flatMap(h -> h.model().stream()).toList();
    if (models.size() == 2) {
      models.get(1).shape().requireSame(histories.get(1).name(), models.get(0).shape());
      if (!models.get(1).unit().equals(models.get(0).unit())) {
        throw new DataException(
            histories.get(1).name()
                + ": likelihoods in "
                + models.get(1).unit()
                + "; allowed: "
                + models.get(0).unit()
                + ", as the first run's");
      }
    }
  }

  private Evaluation evaluate(
      SparkSession spark,
      Storage storage,
      Map<Role, ImageFiles> sets,
      Selection learnt,
      FlowModel model)
      throws IOException {
    Configuration configuration = options.ofFinerSolve(storage, model);
    PrintWriter shown = options.shown(spec).progress();
    return new Evaluator(
            spark,
            model,
            configuration.scoring(),
            configuration.sampling(),
            configuration.tasks(Keys.SCORE_PARTITIONS, spark),
            line -> {
              shown.println(line);
              shown.flush();
            })
        .evaluate(model.layer().energy().isPresent() ? Map.of() : sets, learnt);
  }

  private static Configuration stored(RunHistory run) {
    byte[] yaml = run.configuration().getBytes(StandardCharsets.UTF_8);
    return Configuration.resolve(List.of(Layer.yaml(run.name() + "/" + RunFolder.CONFIG, yaml)));
  }

  /** Where there were no other images to validate on, some of the training's were held out. */
  private static Selection learnt(Configuration stored) {
    return stored.value(Keys.DATA_VALIDATION).isEmpty()
        ? Selection.notHeldOut(
            stored.value(Keys.TRAIN_SEED), stored.value(Keys.TRAIN_HELD_OUT_FRACTION))
        : Selection.all();
  }

  /** What is scored by a model of examples; one of an energy scores nothing. */
  private Map<Role, ImageFiles> sets(SparkSession spark, Storage storage, Configuration stored)
      throws IOException {
    Configuration configuration = Configuration.resolve(options.layers(storage));
    Map<Role, ImageFiles> sets = new EnumMap<>(Role.class);
    int channels =
        configuration.isGiven(Keys.DATA_CHANNELS)
            ? configuration.value(Keys.DATA_CHANNELS)
            : stored.value(Keys.DATA_CHANNELS);
    int most = configuration.value(Keys.REPORT_IMAGES);
    addStored(sets, Role.TRAINING, stored.value(Keys.DATA_TRAIN), spark, channels, most);
    if (data.isEmpty()) {
      addStored(sets, Role.HELD_OUT, stored.value(Keys.DATA_VALIDATION), spark, channels, most);
    } else {
      sets.put(Role.HELD_OUT, ImageFiles.list(spark, data, channels).spread(most));
    }
    if (!outliers.isEmpty()) {
      sets.put(Role.OUTLIERS, ImageFiles.list(spark, outliers, channels).spread(most));
    }
    return sets;
  }

  /** A run outlives the images that it learnt from; then they are not shown. */
  private void addStored(
      Map<Role, ImageFiles> sets,
      Role role,
      List<String> paths,
      SparkSession spark,
      int channels,
      int most) {
    if (paths.isEmpty()) {
      return;
    }
    try {
      sets.put(role, ImageFiles.list(spark, paths, channels).spread(most));
    } catch (DataException e) {
      spec.commandLine()
          .getErr()
          .println("rgflow: warning: left out of the report: " + e.getMessage());
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
