package org.rgflow.cli.retrain;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.registry.Champion;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.registry.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks after a registry. */
@Command(
    name = "registry",
    header = "List, show, promote, roll back or prune the versions of registered models.",
    description = {
      "What changes a model holds its lease meanwhile, and exits with status 3 if a retraining does."
    },
    synopsisSubcommandLabel = "(list | show | promote | rollback | prune)",
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow registry list --registry s3a://bucket/registry",
      "  rgflow registry show --registry registry --name photos",
      "  rgflow registry promote --registry registry --name photos 12 --reason 'by hand'",
      "  rgflow registry rollback --registry registry --name photos",
      "  rgflow registry prune --registry registry --name photos --keep 5 --dry-run"
    })
public final class RegistryCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "list, show, promote, rollback or prune must be given");
  }

  @Command(
      name = "list",
      header = "Show every model, its champion and the number of its versions.",
      description = "Ends with status 2 if a champion is damaged or lost.")
  int list(@Mixin RegistryOptions options, @Mixin ConfigurationOptions settings)
      throws IOException {
    Storage storage = Storage.open();
    Configuration configuration = Configuration.resolve(options.flags(settings).layers(storage));
    Registry registry = RegistryOptions.registry(storage, configuration);
    String uri = configuration.value(Keys.REGISTRY_URI);
    if (!storage.isFolder(uri)) {
      throw new DataException(uri + ": a file; allowed: the folder of a registry");
    }
    List<String> names = registry.models();
    int status = ExitCode.OK;
    for (String name : names) {
      RegisteredModel model = registry.model(name);
      Optional<String> damage = model.championDamage();
      int damaged = model.damagedVersions().size();
      out()
          .printf(
              Locale.ROOT,
              "%-24s champion %-6s %,d versions%s%n",
              name,
              damage.isPresent() ? "damaged" : champion(model),
              model.versions().size(),
              damaged == 0 ? "" : String.format(Locale.ROOT, ", %,d damaged", damaged));
      if (damage.isPresent()) {
        err().println("rgflow: " + damage.get());
        status = ExitCode.USAGE;
      }
    }
    if (names.isEmpty()) {
      out().println("no models");
    }
    return status;
  }

  private static String champion(RegisteredModel model) {
    return model.champion().map(c -> Integer.toString(c.version())).orElse("none");
  }

  @Command(name = "show", header = "Show a model's versions and champions, or a version's files.")
  int show(
      @Mixin RegistryOptions options,
      @Mixin ConfigurationOptions settings,
      @Parameters(paramLabel = "VERSION", arity = "0..1", description = "Number of a version.")
          Integer number)
      throws IOException {
    RegisteredModel model = existing(options, settings);
    if (number != null) {
      show(model, model.requireVersion(number));
      return ExitCode.OK;
    }
    Optional<String> damage = model.championDamage();
    Optional<Champion> champion = damage.isPresent() ? Optional.empty() : model.champion();
    SortedMap<Integer, String> lines = new TreeMap<>();
    model
        .damagedVersions()
        .forEach((damaged, why) -> lines.put(damaged, line(damaged, "damaged: " + why)));
    for (Version version : model.versions()) {
      boolean isChampion = champion.filter(c -> c.version() == version.number()).isPresent();
      String what = version.published() + "  run " + version.run();
      lines.put(version.number(), line(version.number(), what + (isChampion ? "  champion" : "")));
    }
    lines.values().forEach(out()::println);
    for (Champion past : model.champions()) {
      out()
          .printf(
              Locale.ROOT,
              "champion %-4d %s  %s%s%s%n",
              past.version(),
              past.since(),
              past.rollback() ? "rolled back from " + past.before() + ": " : "",
              past.reason(),
              past.run().isEmpty() ? "" : " (run " + past.run() + ")");
    }
    model.leaseHolder().ifPresent(holder -> out().println("lease held by " + holder));
    if (damage.isPresent()) {
      throw new DataException(damage.get());
    }
    return ExitCode.OK;
  }

  private static String line(int version, String what) {
    return String.format(Locale.ROOT, "version %-5d %s", version, what);
  }

  private void show(RegisteredModel model, Version version) {
    out()
        .printf(
            Locale.ROOT,
            "version %d  %s  run %s%n",
            version.number(),
            version.published(),
            version.run());
    version
        .sums()
        .files()
        .forEach(
            (name, sum) -> {
              model.read(version, name); // says so if it is damaged
              out().printf(Locale.ROOT, "%,14d bytes  %s%n", sum.bytes(), name);
            });
    out().println("model " + model.folder(version.number()) + "/" + Version.MODEL);
  }

  @Command(name = "promote", header = "Make a version the champion.")
  int promote(
      @Mixin RegistryOptions options,
      @Mixin ConfigurationOptions settings,
      @Parameters(paramLabel = "VERSION", description = "Number of the version.") int number,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Kept in the history.")
          String reason)
      throws IOException {
    RegisteredModel model = existing(options, settings);
    try (Lease lease = model.lease(LeaseTerms.brief("promoting version " + number))) {
      warnOfDamage(model);
      return print(model.promote(lease, number, "", said(reason)));
    }
  }

  @Command(name = "rollback", header = "Make the champion before the champion again.")
  int rollback(
      @Mixin RegistryOptions options,
      @Mixin ConfigurationOptions settings,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Kept in the history.")
          String reason)
      throws IOException {
    RegisteredModel model = existing(options, settings);
    try (Lease lease = model.lease(LeaseTerms.brief("rolling back"))) {
      warnOfDamage(model);
      return print(model.rollback(lease, said(reason)));
    }
  }

  private void warnOfDamage(RegisteredModel model) {
    model.championDamage().ifPresent(damage -> err().println("rgflow: warning: " + damage));
  }

  private static String said(String reason) {
    return reason == null ? "by hand" : reason;
  }

  private int print(Champion champion) {
    out()
        .printf(
            Locale.ROOT,
            "champion version %d%s%n",
            champion.version(),
            champion.before() == 0 ? "" : ", before it version " + champion.before());
    return ExitCode.OK;
  }

  @Command(
      name = "prune",
      header = "Remove versions but the newest, the champion and the one before it.",
      description = "One whose manifest is damaged goes too, unless it is newer than all others.")
  int prune(
      @Mixin RegistryOptions options,
      @Mixin ConfigurationOptions settings,
      @Option(
              names = "--keep",
              paramLabel = "N",
              defaultValue = "10",
              description = "Newest versions that stay (10).")
          int keep,
      @Option(names = "--dry-run", description = "Say what would be removed.") boolean isDryRun)
      throws IOException {
    if (keep < 1) {
      throw new ParameterException(spec.commandLine(), "--keep must be at least 1, was " + keep);
    }
    RegisteredModel model = existing(options, settings);
    List<Integer> removed = isDryRun ? model.prunable(keep) : pruned(model, keep);
    removed.forEach(
        number ->
            out()
                .printf(
                    Locale.ROOT, "%s version %d%n", isDryRun ? "would remove" : "removed", number));
    int there = model.versions().size() + model.damagedVersions().size();
    int left = there - (isDryRun ? removed.size() : 0);
    out().printf(Locale.ROOT, "%d versions %s%n", left, isDryRun ? "would stay" : "stay");
    return ExitCode.OK;
  }

  private static List<Integer> pruned(RegisteredModel model, int keep) {
    try (Lease lease = model.lease(LeaseTerms.brief("pruning"))) {
      return model.prune(lease, keep);
    }
  }

  private static RegisteredModel existing(RegistryOptions options, ConfigurationOptions settings)
      throws IOException {
    Storage storage = Storage.open();
    Configuration configuration = Configuration.resolve(options.flags(settings).layers(storage));
    return options.existing(storage, configuration);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
