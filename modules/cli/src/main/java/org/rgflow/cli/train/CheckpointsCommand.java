package org.rgflow.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.rgflow.cli.session.Storage;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.run.CheckpointState;
import org.rgflow.spark.run.Retention;
import org.rgflow.spark.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks after the checkpoints of a run. */
@Command(
    name = "checkpoints",
    header = "List, verify or prune the checkpoints of a run.",
    description = {
      "Every checkpoint is read whole, and compared with the sizes and SHA-256 of its manifest."
    },
    synopsisSubcommandLabel = "(list | verify | prune)",
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow checkpoints list runs/photos",
      "  rgflow checkpoints verify s3a://bucket/runs/photos",
      "  rgflow checkpoints prune runs/photos --keep 1 --dry-run"
    })
public final class CheckpointsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list, verify or prune must be given");
  }

  @Command(name = "list", header = "Show each checkpoint's round, size, held-out loss and state.")
  int list(@Parameters(paramLabel = "RUN", description = "Folder of a run.") String run)
      throws IOException {
    List<CheckpointState> states = open(run).checkpoints();
    print(states);
    if (states.isEmpty()) {
      out().println("no checkpoints");
    }
    return ExitCode.OK;
  }

  @Command(name = "verify", header = "Exit with status 1 if a checkpoint is damaged or incomplete.")
  int verify(@Parameters(paramLabel = "RUN", description = "Folder of a run.") String run)
      throws IOException {
    List<CheckpointState> states = open(run).checkpoints();
    print(states);
    long complete = states.stream().filter(CheckpointState::isComplete).count();
    out().printf(Locale.ROOT, "%d of %d checkpoints are complete%n", complete, states.size());
    return complete == states.size() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  @Command(
      name = "prune",
      header = "Remove checkpoints but the newest and that of the lowest held-out loss.",
      description =
          "Goes by its own options, not by train.keepCheckpoints and train.keepEvery. One that is not"
              + " complete goes too, unless it is newer than all that are.")
  int prune(
      @Parameters(paramLabel = "RUN", description = "Folder of a run.") String run,
      @Option(
              names = "--keep",
              paramLabel = "N",
              defaultValue = "1",
              description = "Newest complete ones that stay (1).")
          int keep,
      @Option(
              names = "--keep-every",
              paramLabel = "N",
              defaultValue = "0",
              description = "Those of every so many rounds stay too; 0 (default) for none.")
          int keepEvery,
      @Option(names = "--dry-run", description = "Say what would be removed.") boolean isDryRun)
      throws IOException {
    requireAtLeast("--keep", keep, 1);
    requireAtLeast("--keep-every", keepEvery, 0);
    RunFolder folder = open(run);
    Retention retention = new Retention(keep, keepEvery);
    int before = folder.checkpointCount();
    List<String> removed = isDryRun ? folder.prunable(retention) : pruned(run, folder, retention);
    removed.forEach(
        name -> out().printf(Locale.ROOT, "%s %s%n", isDryRun ? "would remove" : "removed", name));
    out()
        .printf(
            Locale.ROOT,
            "%d of %d %s%n",
            before - removed.size(),
            before,
            isDryRun ? "would stay" : "stay");
    return ExitCode.OK;
  }

  private static List<String> pruned(String run, RunFolder folder, Retention retention)
      throws IOException {
    LeaseTerms terms = LeaseTerms.brief("checkpoints prune");
    try (Lease lease = Lease.of(Storage.open().hadoop(), run, RunFolder.LEASE, terms)) {
      lease.require();
      return folder.prune(retention);
    }
  }

  private void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + " must be at least " + least + ", was " + value);
    }
  }

  private static RunFolder open(String run) throws IOException {
    RunFolder folder = RunFolder.resume(Storage.open().hadoop(), run);
    folder.requireRun(run);
    return folder;
  }

  private void print(List<CheckpointState> states) {
    for (CheckpointState state : states) {
      if (state.isComplete()) {
        out()
            .printf(
                Locale.ROOT,
                "%s  %,12d bytes  held-out %-8s  complete%n",
                state.name(),
                state.bytes(),
                Double.isNaN(state.heldOutLoss())
                    ? "-"
                    : String.format(Locale.ROOT, "%.4f", state.heldOutLoss()));
      } else {
        out().printf(Locale.ROOT, "%s  %s%n", state.name(), state.damage());
      }
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
