package org.rgflow.cli.retrain;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.session.YarnAttempt;
import org.rgflow.cli.terminal.ExitStatus;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.cli.terminal.StopSignal;
import org.rgflow.cli.train.ExamplesOptions;
import org.rgflow.cli.train.RunFiles;
import org.rgflow.cli.train.Training;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.registry.Names;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.retrain.Outcome;
import org.rgflow.spark.retrain.RetrainingRun;
import org.rgflow.spark.score.ScoreDrift;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a challenger on what is new, and makes it the champion if it is better. */
@Command(
    name = "retrain",
    header = "Train a challenger where there are new images; promote it if it is better.",
    description = {
      "Trains from the champion, scores both on the held-out images of data.validation, publishes"
          + " the challenger as a version of the registry, and promotes it if the bootstrap"
          + " interval of its gain is past retrain.margin. With retrain.drift it first looks how"
          + " new images score under the champion. For schedulers: killed at any moment,"
          + " the same command goes on; of a date that is done it does nothing; of two at once"
          + " one works.",
      "",
      "Exit status: 0 promoted, done before, or nothing new; 1 failed; 2 bad input; 3 another holds"
          + " the lease; 4 published and not promoted; 5 stopped by a signal, or train.maxSeconds was over; 6"
          + " the new images have drifted, and retrain.drift refuses them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow retrain --registry s3a://bucket/registry --name photos --config retrain.yaml"
          + " --date 2026-01-31",
      "  rgflow retrain --registry registry --name photos --data photos --validation held-out"
          + " --dry-run"
    })
public final class RetrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RegistryOptions registry;
  @Mixin private ExamplesOptions examples;
  @Mixin private ConfigurationOptions options;

  @Option(names = "--date", paramLabel = "NAME", description = "What it is for: retrain.date.")
  private String date;

  @Option(names = "--dry-run", description = "Say what would be done.")
  private boolean isDryRun;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    Configuration configuration =
        Configuration.resolve(
            examples.flags(registry.flags(options)).flag(Keys.RETRAIN_DATE, date).layers(storage));
    RegisteredModel model = registry.model(storage, configuration);
    require(configuration);
    RunFiles.requireOutside(storage.hadoop(), Keys.REGISTRY_URI, configuration);
    String given = configuration.value(Keys.RETRAIN_DATE);
    String day =
        given.isEmpty()
            ? LocalDate.now(ZoneOffset.UTC).toString()
            : Names.require(Keys.RETRAIN_DATE.name(), given);
    Optional<Outcome> done = outcome(model, day, configuration);
    if (done.isPresent()) {
      print("done before", done.get());
      return ExitCode.OK;
    }
    String subject = model.name() + " for " + day;
    if (isDryRun) {
      try (SparkSession spark = Session.openToCompute(spec, subject)) {
        return show(retraining(spark, model, configuration).plan(day), configuration, model);
      }
    }
    LeaseTerms terms =
        new LeaseTerms(
            spec.name() + " " + subject,
            Duration.ofSeconds(configuration.value(Keys.RETRAIN_LEASE_SECONDS)),
            Duration.ofSeconds(configuration.value(Keys.RETRAIN_WAIT_SECONDS)));
    if (YarnAttempt.isAnother(System.getenv())) {
      terms = terms.outlastingTheDead(); // the lease is that of the driver before
    }
    try (Lease lease = model.lease(terms)) {
      done = outcome(model, day, configuration); // of one that had the lease before
      if (done.isPresent()) {
        print("done before", done.get());
        return ExitCode.OK;
      }
      try (SparkSession spark = Session.openToCompute(spec, subject)) {
        return retrain(retraining(spark, model, configuration), day, configuration, lease);
      }
    }
  }

  private static void require(Configuration configuration) {
    configuration.require(Keys.DATA_TRAIN, "--data PATH");
    configuration.require(Keys.DATA_VALIDATION, "--validation PATH");
    if (configuration.value(Keys.TRAIN_OBJECTIVE) == Objective.ENERGY) {
      throw new IllegalArgumentException(
          "train.objective must be flow-matching or likelihood to retrain, was energy");
    }
    requireEmpty(configuration, Keys.TRAIN_START, "as retrain.start says it");
    requireEmpty(configuration, Keys.RUN_DIR, "as runs are in the registry");
    configuration.solver();
    configuration.divergence();
    // a value that is not allowed need not wait for Spark, which alone knows the cores
    Training.settleShards(configuration, () -> 1).training();
  }

  private static void requireEmpty(Configuration configuration, Key<String> key, String reason) {
    String value = configuration.value(key);
    if (!value.isEmpty()) {
      throw new IllegalArgumentException(
          key.name() + " must be empty to retrain, " + reason + ", was " + value);
    }
  }

  private static Optional<Outcome> outcome(
      RegisteredModel model, String day, Configuration configuration) {
    return RetrainingRun.begun(model, day, Retraining.fingerprint(configuration))
        .flatMap(RetrainingRun::outcome);
  }

  private Retraining retraining(
      SparkSession spark, RegisteredModel model, Configuration configuration) {
    Shown shown = options.shown(spec);
    List<String> commandLine = spec.root().commandLine().getParseResult().originalArgs();
    return new Retraining(spark, model, configuration, commandLine, shown);
  }

  private int retrain(Retraining retraining, String day, Configuration configuration, Lease lease) {
    try (StopSignal stop =
        StopSignal.listen(out(), "the end after this round of training or chunk of scores")) {
      try {
        return retrain(retraining, day, configuration, lease, stop);
      } catch (CancellationException e) {
        out().println("stopped; the same command goes on");
        return ExitStatus.STOPPED;
      }
    }
  }

  private int retrain(
      Retraining retraining,
      String day,
      Configuration configuration,
      Lease lease,
      StopSignal stop) {
    Retraining.Work work = retraining.plan(day);
    if (!work.isWorthIt(configuration)) {
      printNothingNew(work, configuration);
      return ExitCode.OK;
    }
    printPlan(work, configuration);
    if (work.isDecidedByDrift(configuration)) {
      Optional<ScoreDrift> drift = retraining.drift(work, stop::isRequested);
      double most = configuration.value(Keys.MONITOR_MAX_STABILITY);
      boolean drifted = drift.isPresent() && drift.get().isPast(most);
      printDrift(drift, drifted, most);
      if (!configuration.value(Keys.RETRAIN_DRIFT).lets(drifted)) {
        printNotTrained(work, configuration);
        return drifted ? ExitStatus.DRIFTED : ExitCode.OK;
      }
    }
    Optional<Outcome> outcome = retraining.run(work, lease, stop::isRequested);
    if (outcome.isEmpty()) {
      out().println("train.maxSeconds is over; the same command goes on");
      return ExitStatus.STOPPED;
    }
    print(outcome.get().promoted() ? "promoted" : "not promoted", outcome.get());
    return outcome.get().promoted() ? ExitCode.OK : ExitStatus.NOT_PROMOTED;
  }

  private int show(Retraining.Work work, Configuration configuration, RegisteredModel model) {
    if (!work.isWorthIt(configuration)) {
      printNothingNew(work, configuration);
      return ExitCode.OK;
    }
    printPlan(work, configuration);
    if (!options.isQuiet()) {
      out().print(configuration.yaml("model", "solver", "divergence", "train", "then", "retrain"));
    }
    model.leaseHolder().ifPresent(holder -> out().println("lease    held by " + holder));
    out().println("dry run: nothing was done");
    return ExitCode.OK;
  }

  private void printNothingNew(Retraining.Work work, Configuration configuration) {
    if (work.alike() != null) {
      out()
          .printf(
              Locale.ROOT,
              "version %d came of the same images, configuration and champion: nothing to do%n",
              work.alike().number());
      return;
    }
    out()
        .printf(
            Locale.ROOT,
            "%,d new files since version %d, fewer than retrain.minimumNew=%d: nothing to do%n",
            work.fresh().inventory().size(),
            work.champion().number(),
            configuration.value(Keys.RETRAIN_MINIMUM_NEW));
  }

  private void printDrift(Optional<ScoreDrift> drift, boolean drifted, double most) {
    String found =
        drift
            .map(
                of ->
                    String.format(
                        Locale.ROOT,
                        "%s: population stability index %.4f of %,d new images%s, %s"
                            + " monitor.maxStability=%s",
                        drifted ? "yes" : "no",
                        of.stability(),
                        of.images(),
                        unscored(of.errors()),
                        drifted ? "above" : "not above",
                        most))
            .orElse("no new images");
    out().printf(Locale.ROOT, "drift    %s%n", found);
    out().flush();
  }

  private static String unscored(long errors) {
    return errors == 0 ? "" : String.format(Locale.ROOT, " and %,d more with an error", errors);
  }

  private void printNotTrained(Retraining.Work work, Configuration configuration) {
    out()
        .printf(
            Locale.ROOT,
            "retrain.drift=%s: nothing is learnt, and version %d stays champion%n",
            configuration.text(Keys.RETRAIN_DRIFT),
            work.champion().number());
  }

  private void printPlan(Retraining.Work work, Configuration configuration) {
    out()
        .printf(
            Locale.ROOT,
            "run      %s%s%n",
            work.run().uri(),
            work.begun() ? " (begun before)" : "");
    out()
        .printf(
            Locale.ROOT,
            "champion %s%n",
            work.run().plan().champion() == 0
                ? "none yet: the first version becomes it if it is sound"
                : "version " + work.run().plan().champion());
    out()
        .printf(
            Locale.ROOT,
            "data     %,d files to learn from%s, %,d files held out%n",
            work.files().get(RunFiles.TRAIN).inventory().size(),
            work.begun()
                ? ""
                : String.format(Locale.ROOT, ", %,d new", work.fresh().inventory().size()),
            work.files().get(RunFiles.VALIDATION).inventory().size());
    if (isDryRun && work.isDecidedByDrift(configuration)) {
      out()
          .printf(
              Locale.ROOT,
              "drift    is to be looked at: retrain.drift=%s%n",
              configuration.text(Keys.RETRAIN_DRIFT));
    }
    out().flush();
  }

  private void print(String what, Outcome outcome) {
    out().printf(Locale.ROOT, "%s: version %d%n", what, outcome.version());
    outcome.reasons().forEach(reason -> out().println("  " + reason));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
