package org.rgflow.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rgflow.cli.report.Numbers;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.cli.terminal.StatusLine;
import org.rgflow.data.Shape;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.physics.FreeEnergy;
import org.rgflow.spark.train.RoundReport;
import org.rgflow.spark.train.TrainingStart;
import org.rgflow.spark.train.shards.HeldOut;

class ProgressTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Progress progress(boolean terminal) {
    PrintWriter shown = new PrintWriter(out);
    return new Progress(
        new Shown(shown, new PrintWriter(err)), new StatusLine(shown, terminal ? 200 : 0));
  }

  private static RoundReport report(int round, Double heldOut) {
    return report(round, heldOut, 0.001, 100);
  }

  private static RoundReport report(int round, Double heldOut, double solverError, int phaseEnd) {
    HeldOut found = heldOut == null ? null : new HeldOut(heldOut, solverError, null, 1);
    return new RoundReport(
        new RoundReport.Place(round, 100, phaseEnd, 0.5, 640),
        Objective.LIKELIHOOD,
        "bits/dim",
        new RoundReport.Steps(4.5, List.of(), 10, 1, 1, 80),
        new RoundReport.Time(2, 320, 2.0 * (phaseEnd - round), null, null),
        found);
  }

  @Test
  void elsewhereThanOnATerminalALineIsPrintedAtValidationsAndEveryFewPerCent() {
    Progress progress = progress(false);
    progress.round(report(1, null));
    assertThat(out.toString()).isEmpty();
    progress.round(report(2, 4.25));
    progress.round(report(3, null));
    progress.round(report(5, null));
    assertThat(out.toString().lines())
        .containsExactly(
            "round 2/100  epoch 0.50  train 4.500  held-out 4.250 bits/dim  gradient 10.0"
                + "  320 images/s  80 evaluations  ETA 3 min 16 s",
            "round 5/100  epoch 0.50  train 4.500  held-out 4.250 bits/dim  gradient 10.0"
                + "  320 images/s  80 evaluations  ETA 3 min 10 s");
  }

  @Test
  void theTimeLeftIsThatOfThePhaseAndSaysSo() {
    progress(false).round(report(20, 4.25, 0.001, 40));
    assertThat(out.toString().strip()).endsWith("80 evaluations  ETA 40 s to round 40");
  }

  @Test
  void anEnergysProgressIsItsBoundWithTheErrorAndTheEffectiveSampleSize() {
    FreeEnergy found = new FreeEnergy(512, -14.25, -36.5, 0.125, 37.25, 0.0625, 0.75);
    HeldOut heldOut = new HeldOut(-2.28125, 0, found, 1);
    Progress progress = progress(false);
    progress.started(new TrainingStart(new Shape(1, 4, 4), 0, 512, 512, 1234, 2, 0));
    progress.round(
        new RoundReport(
            new RoundReport.Place(2, 100, 100, 0, 640),
            Objective.ENERGY,
            "nats/dim",
            new RoundReport.Steps(-2.25, List.of(), 10, 1, 1, 0),
            new RoundReport.Time(2, 320, 196, null, null),
            heldOut));
    assertThat(out.toString().lines())
        .containsExactly(
            "latents of 1x4x4, 512 held out, 1,234 parameters, 2 shards",
            "round 2/100  train -2.250 nats/dim  E - log J -14.250  bound -36.500 +- 0.125 nats"
                + "  ESS 0.750  gradient 10.0  320 samples/s  ETA 3 min 16 s");
  }

  @Test
  void onATerminalOneLineIsOverwritten() {
    Progress progress = progress(true);
    progress.round(report(99, 4.25));
    progress.round(report(100, null));
    progress.finish();
    progress.finish();
    String text = out.toString();
    assertThat(text).startsWith("\rround 99/100").endsWith("0 s" + System.lineSeparator());
    String[] shown = text.strip().split("\r");
    assertThat(shown).hasSize(2);
  }

  @Test
  void aFlowThatLivesOnItsSolversErrorIsWarnedOfOnce() {
    Progress progress = progress(false);
    progress.round(report(2, 1.5, 2.75, 100));
    progress.round(report(4, 1.25, 3.0, 100));
    assertThat(err.toString().lines())
        .containsExactly(
            "warning: the training's step underrates the loss by 2.750 bits/dim, so the flow learns"
                + " its solver's error: raise solver.grading, solver.steps, train.jacobianWeight or"
                + " train.kineticWeight");
  }

  @Test
  void aStepThatOverratesTheLossSaysSo() {
    progress(false).round(report(2, 1.5, -2.75, 100));
    assertThat(err.toString())
        .startsWith("warning: the training's step overrates the loss by 2.75");
  }

  @Test
  void aResumedRunSaysFromWhere() {
    progress(false).started(new TrainingStart(new Shape(1, 28, 28), 5704, 296, 296, 1234, 2, 3));
    assertThat(out.toString().strip())
        .isEqualTo(
            "resumed after round 3: 5,704 training examples of 1x28x28, 296 held out, 1,234"
                + " parameters, 2 shards");
  }

  @Test
  void aRunSaysHowManyOfTheHeldOutExamplesItValidatesOn() {
    progress(false).started(new TrainingStart(new Shape(1, 28, 28), 57_000, 3000, 512, 1234, 2, 0));
    assertThat(out.toString().strip())
        .isEqualTo(
            "57,000 training examples of 1x28x28, validated on 512 of 3,000 held out, 1,234"
                + " parameters, 2 shards");
  }

  @ParameterizedTest
  @CsvSource({"0.4, 0 s", "59, 59 s", "60, 1 min 0 s", "3599, 59 min 59 s", "7500, 2 h 5 min"})
  void durationsHaveTwoUnits(double seconds, String text) {
    assertThat(Numbers.duration(seconds)).isEqualTo(text);
  }
}
