package org.rgflow.cli.retrain;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.terminal.ExitStatus;
import org.rgflow.cli.terminal.Findings;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Version;
import org.rgflow.spark.retrain.RetrainingRun;
import org.rgflow.spark.score.ScoreDistribution;
import org.rgflow.spark.score.ScoreDrift;
import org.rgflow.spark.score.ScoreFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Watches whether new images are like those that the champion was measured on. */
@Command(
    name = "monitor",
    header = "Tell whether scores of new images have drifted from those of the held-out ones.",
    description = {
      "Compares scores by the champion with its calibration, the scores of the held-out images when"
          + " it was published: by the population stability index and the distance of Kolmogorov"
          + " and Smirnov. For a scheduler to retrain by, or not to.",
      "",
      "Exit status: 0 alike or scores of no images, 6 drifted: the index is above"
          + " monitor.maxStability."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow score --model registry/models/photos --data new --output scores/mon",
      "  rgflow monitor --registry registry --name photos --scores scores/mon --json"
    })
public final class MonitorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RegistryOptions registry;
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--scores",
      required = true,
      paramLabel = "DIR",
      description = "Output of rgflow score by the champion, finished.")
  private String scores;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    Configuration configuration = Configuration.resolve(registry.flags(options).layers(storage));
    RegisteredModel model = registry.existing(storage, configuration);
    Version version = model.requireChampion();
    ScoreDistribution usual = RetrainingRun.usual(model, version);
    if (ScoreFolder.isOfNoImages(storage.hadoop(), scores)) {
      printNothing(version, usual);
      return ExitCode.OK;
    }
    try (SparkSession spark = Session.open(spec, model.name())) {
      ScoreDrift drift = ScoreDrift.of(spark, usual, scores);
      boolean drifted = drift.isPast(configuration.value(Keys.MONITOR_MAX_STABILITY));
      print(drift, version, usual, drifted);
      return drifted ? ExitStatus.DRIFTED : ExitCode.OK;
    }
  }

  private void printNothing(Version version, ScoreDistribution usual) {
    Findings found = new Findings(spec.commandLine().getOut());
    found.put("champion", version.number());
    found.put("images", 0);
    found.put("errors", 0);
    found.put("calibrating", usual.images());
    found.put("drifted", "no");
    if (json) {
      found.printJson();
    } else {
      found.line("images", "0: nothing to compare with version %d", version.number());
    }
  }

  private void print(ScoreDrift drift, Version version, ScoreDistribution usual, boolean drifted) {
    Findings found = new Findings(spec.commandLine().getOut());
    found.put("champion", version.number());
    found.put("images", drift.images());
    found.put("errors", drift.errors());
    found.put("calibrating", usual.images());
    found.put("stability", drift.stability());
    found.put("distance", drift.distance());
    found.put("chance", drift.chance());
    found.put("drifted", drifted ? "yes" : "no");
    if (json) {
      found.printJson();
      return;
    }
    found.line("champion", "version %d", version.number());
    found.line(
        "images",
        "%,d, %,d with an error; calibrated by %,d",
        drift.images(),
        drift.errors(),
        usual.images());
    found.line("stability", "%.4f (index over tenths)", drift.stability());
    found.line(
        "distance",
        "%.4f (Kolmogorov-Smirnov); as far by chance: %.3g",
        drift.distance(),
        drift.chance());
    found.line("drifted", "%s", found.text("drifted"));
  }
}
