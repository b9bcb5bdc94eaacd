package org.rgflow.cli.train;

import java.io.PrintWriter;
import java.util.Locale;
import org.rgflow.cli.report.Numbers;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.cli.terminal.StatusLine;
import org.rgflow.spark.physics.FreeEnergy;
import org.rgflow.spark.train.Rollback;
import org.rgflow.spark.train.RoundReport;
import org.rgflow.spark.train.TrainingListener;
import org.rgflow.spark.train.TrainingStart;
import org.rgflow.spark.train.averaging.Straggler;
import org.rgflow.spark.train.shards.HeldOut;

/**
 * Shows a run's progress: on a terminal one line that is overwritten, elsewhere a line at every
 * validation and every few per cent.
 */
class Progress implements TrainingListener {
  private static final int PLAIN_LINES = 20;

  private final PrintWriter out;
  private final PrintWriter warnings;
  private final StatusLine status;
  private boolean warned;
  private HeldOut heldOut;

  /**
   * Progress for whoever reads it.
   *
   * @param status on {@code shown}
   */
  Progress(Shown shown, StatusLine status) {
    this.out = shown.progress();
    this.warnings = shown.warnings();
    this.status = status;
  }

  @Override
  public void started(TrainingStart start) {
    out.printf(
        Locale.ROOT,
        "%s%s of %s, %s held out, %,d parameters, %d shards%n",
        start.firstRound() == 0 ? "" : "resumed after round " + start.firstRound() + ": ",
        start.trainingExamples() == 0
            ? "latents"
            : String.format(Locale.ROOT, "%,d training examples", start.trainingExamples()),
        start.shape(),
        heldOut(start),
        start.parameters(),
        start.shards());
    out.flush();
  }

  /** All of them, or as many of them as are validated on. */
  private static String heldOut(TrainingStart start) {
    return start.validatedExamples() == start.heldOutExamples()
        ? String.format(Locale.ROOT, "%,d", start.heldOutExamples())
        : String.format(
            Locale.ROOT,
            "validated on %,d of %,d",
            start.validatedExamples(),
            start.heldOutExamples());
  }

  @Override
  public void round(RoundReport report) {
    heldOut = report.heldOut() == null ? heldOut : report.heldOut();
    String line = line(report);
    warnIfUnderresolved(report);
    tell(report.time().straggler(), report.round());
    status.show(line, isWorthALine(report));
  }

  private void tell(Straggler straggler, int round) {
    if (straggler == null) {
      return;
    }
    finish();
    out.printf(
        Locale.ROOT,
        "round %d waited for shard %d: %.1f s on executor %s, half of the shards took %.1f s or less%n",
        round,
        straggler.shard(),
        straggler.seconds(),
        straggler.executor(),
        straggler.median());
  }

  @Override
  public void rolledBack(Rollback rollback) {
    finish();
    warnings.printf(
        Locale.ROOT,
        "round %d went astray: %s%nback to round %d with %s of the learning rate, rollback %d of %d%n",
        rollback.astray(),
        rollback.why(),
        rollback.round(),
        rollback.share(),
        rollback.number(),
        rollback.allowed());
    warnings.flush();
  }

  private void warnIfUnderresolved(RoundReport report) {
    if (report.heldOut() == null || warned || !report.heldOut().isUnderresolved()) {
      return;
    }
    finish();
    warnings.printf(
        Locale.ROOT,
        "warning: the training's step %s the loss by %.3f %s, so the flow learns its solver's"
            + " error: raise solver.grading, solver.steps, train.jacobianWeight or"
            + " train.kineticWeight%n",
        report.heldOut().solverError() < 0 ? "overrates" : "underrates",
        Math.abs(report.heldOut().solverError()),
        report.unit());
    warnings.flush();
    warned = true;
  }

  private static boolean isWorthALine(RoundReport report) {
    int every = Math.max(1, report.place().rounds() / PLAIN_LINES);
    return report.heldOut() != null
        || report.round() % every == 0
        || report.round() == report.place().rounds();
  }

  private String line(RoundReport report) {
    if (report.place().epoch() == 0) {
      return lineOfEnergy(report);
    }
    return String.format(
        Locale.ROOT,
        "round %d/%d  epoch %.2f  %s %.3f  held-out %s %s%s  %.0f images/s%s  ETA %s",
        report.round(),
        report.place().rounds(),
        report.place().epoch(),
        report.steps().levelLosses().isEmpty() ? "train" : "matching",
        report.steps().loss(),
        heldOut == null ? "-" : String.format(Locale.ROOT, "%.3f", heldOut.loss()),
        report.unit(),
        gradient(report),
        report.time().examplesPerSecond(),
        evaluations(report),
        eta(report));
  }

  private static String gradient(RoundReport report) {
    return Double.isNaN(report.steps().gradientNorm())
        ? ""
        : String.format(Locale.ROOT, "  gradient %.3g", report.steps().gradientNorm());
  }

  private String lineOfEnergy(RoundReport report) {
    FreeEnergy found = heldOut == null ? null : heldOut.freeEnergy();
    return String.format(
        Locale.ROOT,
        "round %d/%d  train %.3f %s%s%s  %.0f samples/s%s  ETA %s",
        report.round(),
        report.place().rounds(),
        report.steps().loss(),
        report.unit(),
        found == null
            ? ""
            : String.format(
                Locale.ROOT,
                "  E - log J %.3f  bound %.3f +- %.3f nats  ESS %.3f",
                found.mean(),
                found.bound(),
                found.boundError(),
                found.effectiveSampleSize()),
        gradient(report),
        report.time().examplesPerSecond(),
        evaluations(report),
        eta(report));
  }

  private static String evaluations(RoundReport report) {
    return report.steps().evaluations() == 0
        ? ""
        : String.format(Locale.ROOT, "  %,d evaluations", report.steps().evaluations());
  }

  private static String eta(RoundReport report) {
    return Numbers.duration(report.time().left())
        + (report.place().phaseEnd() < report.place().rounds()
            ? " to round " + report.place().phaseEnd()
            : "");
  }

  @Override
  public void checkpoint(int round, String path) {
    // the summary names the newest; a line for each would bury the losses
  }

  /** Leaves the line that is overwritten; for whatever is printed next. */
  void finish() {
    status.finish();
  }
}
