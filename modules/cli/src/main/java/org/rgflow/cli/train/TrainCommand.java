package org.rgflow.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.AbsolutePaths;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.config.Layer;
import org.rgflow.cli.config.Resumption;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.terminal.ExitStatus;
import org.rgflow.cli.terminal.ShellWord;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.cli.terminal.StopSignal;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.train.shards.EnergyTarget;
import org.rgflow.spark.train.shards.Target;
import org.rgflow.spark.train.shards.TrainingInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model. */
@Command(
    name = "train",
    header = "Train a model on images, sequences or volumes, or on an energy.",
    description = {
      "Reads IDX (also .gz), PNG and JPEG folders, npy, npz, CIFAR batches, tar shards and Parquet. The run's folder holds the"
          + " configuration, metrics and checkpoints. A run that was stopped goes on where its"
          + " last checkpoint is, with the configuration stored there."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow train --config examples/fashion-mnist-bundled.yaml",
      "  rgflow train --data photos --run runs/photos --rounds 500 --set pixels.alpha=0.05",
      "  rgflow train --data photos --run runs/photos --objective flow-matching --then likelihood",
      "  rgflow train --run runs/photos --rounds 1000",
      "  rgflow train --energy ising --set energy.lattice=8 --run runs/ising-8"
    })
public final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ExamplesOptions examples;
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--energy",
      paramLabel = "NAME",
      description = "Energy to learn from instead of examples: energy.name, train.objective.")
  private String energy;

  @Option(
      names = "--objective",
      paramLabel = "NAME",
      description = "likelihood, flow-matching or energy: train.objective.")
  private String objective;

  @Option(
      names = "--then",
      paramLabel = "NAME",
      description = "likelihood or none, after flow matching in the same run: train.then.")
  private String then;

  @Option(names = "--run", paramLabel = "DIR", description = "Folder of the run: run.dir.")
  private String run;

  @Option(
      names = "--start",
      paramLabel = "MODEL",
      description = "Model or run to start from: train.start.")
  private String start;

  @Option(names = "--rounds", paramLabel = "N", description = "Averages in all: train.rounds.")
  private String rounds;

  @Option(names = "--seed", paramLabel = "N", description = "train.seed.")
  private String seed;

  @Option(
      names = "--resume",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "auto (default): continue a run found in the folder; never: fail if there is one.")
  private Resume resume;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    List<Layer> given =
        examples
            .flags(options)
            .flag(Keys.ENERGY_NAME, energy)
            .flag(Keys.TRAIN_OBJECTIVE, energy == null || objective != null ? objective : "energy")
            .flag(Keys.TRAIN_THEN, then)
            .flag(Keys.RUN_DIR, run)
            .flag(Keys.TRAIN_START, start)
            .flag(Keys.TRAIN_ROUNDS, rounds)
            .flag(Keys.TRAIN_SEED, seed)
            .layers(storage);
    Configuration asked = Configuration.resolve(given);
    String folder = asked.require(Keys.RUN_DIR, "--run DIR");
    try (Lease lease =
        Lease.of(storage.hadoop(), folder, RunFolder.LEASE, LeaseTerms.ofJob("train"))) {
      return train(storage, given, asked, folder, lease);
    }
  }

  private int train(
      Storage storage, List<Layer> given, Configuration asked, String folder, Lease lease)
      throws IOException {
    String stored = folder + "/" + RunFolder.CONFIG;
    boolean resumes = resume == Resume.AUTO && storage.exists(stored);
    Configuration configuration =
        resumes
            ? Resumption.resolve(
                given,
                Layer.yaml(stored, storage.read(stored)),
                new AbsolutePaths(storage.hadoop()))
            : asked;
    Optional<EnergyConfig> learnt = configuration.energy();
    if (learnt.isEmpty()) {
      configuration.require(Keys.DATA_TRAIN, "--data PATH");
    }
    RunFiles.requireOutside(storage.hadoop(), Keys.RUN_DIR, configuration);
    learnt.ifPresent(EnergyConfig::create);
    configuration.solver();
    configuration.divergence(); // a value that is not allowed need not wait for Spark
    RunFolder runFolder =
        resumes
            ? RunFolder.resume(storage.hadoop(), folder)
            : RunFolder.create(storage.hadoop(), folder);
    Optional<TrainingResult> finished = runFolder.finished(configuration.rounds());
    if (finished.isPresent()) {
      summarise("already trained", folder, finished.get());
      return ExitCode.OK;
    }
    try (SparkSession spark = Session.openToCompute(spec, folder)) {
      Configuration sharded = Training.settleShards(configuration, spark);
      String from = sharded.value(Keys.TRAIN_START);
      FlowModel begin = from.isEmpty() ? null : storage.model(from);
      Configuration settled = resumes ? sharded : Training.settleTransform(sharded, begin);
      Map<RunFiles, ImageFiles> files =
          learnt.isPresent() ? Map.of() : files(spark, settled, runFolder);
      Target target =
          learnt.isPresent()
              ? new EnergyTarget(learnt.get(), begin)
              : new TrainingInput(
                  files.get(RunFiles.TRAIN),
                  files.get(RunFiles.VALIDATION),
                  settled.transform(),
                  settled.augmentation(),
                  begin);
      Shown shown = options.shown(spec);
      Training training =
          new Training(settled, target, files, runFolder, Training.SECTIONS, commandLine(), shown);
      try (StopSignal stop =
          StopSignal.listen(out(), "a checkpoint after this round, then the end")) {
        TrainingResult result =
            training.run(spark, lease::require, lease.guarding(stop::isRequested));
        if (result.rounds() < settled.rounds() && stop.isRequested()) {
          out()
              .printf(
                  Locale.ROOT,
                  "stopped after %d of %d rounds; the same command goes on%n",
                  result.rounds(),
                  settled.rounds());
          return ExitStatus.STOPPED;
        }
        summarise("trained", folder, result);
      }
    }
    return ExitCode.OK;
  }

  /** The images, of a run that goes on those it began with. */
  private static Map<RunFiles, ImageFiles> files(
      SparkSession spark, Configuration configuration, RunFolder run) {
    Map<RunFiles, ImageFiles> found = new EnumMap<>(RunFiles.class);
    for (RunFiles files : RunFiles.values()) {
      List<String> paths = configuration.value(files.key());
      if (!paths.isEmpty()) {
        ImageFiles images = ImageFiles.list(spark, paths, configuration.value(Keys.DATA_CHANNELS));
        files.requireSame(run, images);
        found.put(files, images);
      }
    }
    if (found.containsKey(RunFiles.VALIDATION)) {
      RunFiles.requireApart(found.get(RunFiles.TRAIN), found.get(RunFiles.VALIDATION));
    }
    return found;
  }

  private void summarise(String what, String folder, TrainingResult result) {
    out()
        .printf(
            Locale.ROOT,
            "%s %d rounds%s%n",
            what,
            result.rounds(),
            Double.isNaN(result.heldOutLoss())
                ? ""
                : String.format(
                    Locale.ROOT,
                    ": held-out %.4f %s, best %.4f",
                    result.heldOutLoss(),
                    result.unit(),
                    result.best()));
    out().printf(Locale.ROOT, "model   %s%n", folder);
    String word = ShellWord.of(folder);
    if (result.model().layer().energy().isEmpty()) {
      out().printf(Locale.ROOT, "score   rgflow score --model %s --data PATH --output DIR%n", word);
    }
    out().printf(Locale.ROOT, "sample  rgflow sample --model %s --output DIR%n", word);
  }

  private List<String> commandLine() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** What to do about a run found in the folder. */
  enum Resume {
    AUTO,
    NEVER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
