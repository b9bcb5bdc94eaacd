package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.rgflow.spark.run.Checkpoint;
import org.rgflow.spark.run.CheckpointState;
import org.rgflow.spark.run.Retention;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.train.plan.Recovery;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.plan.Validation;

class RecoveryTest extends ImageTraining {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A first step so large that what comes after it cannot be solved. */
  private static TrainingPlan tooFast(Recovery recovery) {
    return tooFast(0, recovery);
  }

  private static TrainingPlan tooFast(double clipNorm, Recovery recovery) {
    return config(
        4, 2, 4, "sgd", 10, 2, 0.25, 1, TrainingConfig.Master.AVERAGING, 0, clipNorm, recovery);
  }

  private static final class Story implements TrainingListener {
    private final List<Rollback> rollbacks = new ArrayList<>();

    @Override
    public void rolledBack(Rollback rollback) {
      rollbacks.add(rollback);
    }
  }

  @Test
  void aRunThatDivergesGoesBackAndEndsWithASmallerRate() throws IOException {
    Story story = new Story();
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    TrainingResult result = job(run, tooFast(new Recovery(3, 1e-3, 1e4, 1)), story).run();
    assertThat(story.rollbacks).isNotEmpty();
    assertThat(story.rollbacks.get(0).share()).isEqualTo(1e-3);
    assertThat(story.rollbacks.get(0).number()).isEqualTo(1);
    assertThat(result.rounds()).isEqualTo(4);
    assertThat(result.heldOutLoss()).isFinite();
    List<Integer> rounds = new ArrayList<>();
    for (String line : run.metrics()) {
      JsonNode round = JSON.readTree(line);
      rounds.add(round.path("round").asInt());
      assertThat(round.path("gradient_norm").asDouble()).isPositive().isLessThanOrEqualTo(1e4);
    }
    assertThat(rounds).containsExactly(1, 2, 3, 4);
  }

  /** The newest checkpoint has parameters from which no rate leads anywhere. */
  @Test
  void aRunWhoseNewestCheckpointLeadsAstrayAgainGoesBackToItsBest() {
    Recovery recovery = new Recovery(3, 0.5, 1e6, 1);
    TrainingPlan config = gentle(6, recovery);
    train("run", limited(config, 2));
    Checkpoint best = saveWild(4, config);
    Story story = new Story();
    RunFolder again = RunFolder.resume(new Configuration(), uri("run"));
    TrainingResult result = job(again, config, story).run();
    assertThat(story.rollbacks).extracting(Rollback::round).containsExactly(4, best.round());
    assertThat(result.rounds()).isEqualTo(6);
    assertThat(result.heldOutLoss()).isLessThan(2 * best.heldOutLoss());
  }

  /** One that was never stopped has no checkpoint there. */
  @Test
  void whereARunWasStoppedIsNoPlaceToGoBackTo() {
    TrainingPlan config = gentle(4, new Recovery(3, 0.5, 1e6, 1));
    train("run", limited(config, 2));
    saveWild(3, config);
    Story story = new Story();
    RunFolder again = RunFolder.resume(new Configuration(), uri("run"));
    assertThat(job(again, config, story).run().rounds()).isEqualTo(4);
    assertThat(story.rollbacks).extracting(Rollback::round).containsExactly(2);
  }

  private static TrainingPlan gentle(int rounds, Recovery recovery) {
    return config(
        4, 2, rounds, "sgd", 1e-3, 2, 0.25, 2, TrainingConfig.Master.AVERAGING, 0, 0, recovery);
  }

  /** Adds a checkpoint of parameters that cannot be solved to the run, and gives its best. */
  private Checkpoint saveWild(int round, TrainingPlan config) {
    RunFolder run = RunFolder.resume(new Configuration(), uri("run"));
    Checkpoint best = run.best().orElseThrow();
    double[] wild = Arrays.stream(best.model().parameters()).map(p -> 1e30 * p).toArray();
    Checkpoint astray =
        new Checkpoint(
            round,
            best.model().with(wild).after(round),
            best.outerVelocity(),
            wild,
            best.best(),
            best.heldOut(),
            Double.NaN,
            0,
            0);
    run.save(astray, config.common().seed(), Retention.newest(9)).get();
    return best;
  }

  @Test
  void aRollbackIsRememberedByARunThatIsResumed() {
    TrainingPlan config = tooFast(new Recovery(3, 1e-3, 1e4, 1));
    double[] whole = parameters(train("whole", config));
    train("cut", limited(config, 2));
    RunFolder again = RunFolder.resume(new Configuration(), uri("cut"));
    assertThat(parameters(job(again, config).run().model())).containsExactly(whole);
  }

  /** Eight rounds that are validated after each third, so that the newest need not be the best. */
  private static TrainingPlan seldomValidated(int checkpointEvery, double maxSeconds) {
    TrainingPlan plan =
        config(
            4,
            2,
            8,
            "sgd",
            1e-3,
            2,
            0.25,
            checkpointEvery,
            TrainingConfig.Master.AVERAGING,
            maxSeconds,
            0,
            new Recovery(3, 0.5, 1e6, 1));
    return with(plan, new Validation(0.25, 3, 100));
  }

  /** Lets a round go astray until three rollbacks are behind the run, and notes where it goes. */
  private static class Unlucky implements TrainingListener {
    final List<Integer> wentBackTo = new ArrayList<>();
    final int round;
    int behind;

    /** For a run with so many rollbacks behind it. */
    Unlucky(int round, int behind) {
      this.round = round;
      this.behind = behind;
    }

    @Override
    public void round(RoundReport report) {
      if (report.round() == round && behind < 3) {
        throw new AstrayException(round, "bad luck");
      }
    }

    @Override
    public void rolledBack(Rollback rollback) {
      behind = rollback.number();
      wentBackTo.add(rollback.round());
    }
  }

  @Test
  void aRunThatIsKilledBetweenRollbacksGoesBackToWhereItWouldHaveGone() {
    TrainingPlan plan = seldomValidated(1, 0);
    Unlucky undisturbed = new Unlucky(6, 0);
    RunFolder run = RunFolder.create(new Configuration(), uri("whole"));
    double[] whole = parameters(job(run, plan, undisturbed).run().model());
    assertThat(undisturbed.wentBackTo).containsExactly(5, 3, 3);

    Unlucky killed =
        new Unlucky(6, 0) {
          @Override
          public void round(RoundReport report) {
            if (report.round() == 5 && behind == 2) {
              throw new IllegalStateException("killed");
            }
            super.round(report);
          }
        };
    RunFolder cut = RunFolder.create(new Configuration(), uri("cut"));
    assertThatThrownBy(() -> job(cut, plan, killed).run()).hasMessage("killed");
    RunFolder again = RunFolder.resume(new Configuration(), uri("cut"));
    Checkpoint left = again.latest().orElseThrow();
    assertThat(List.of(left.round(), left.rollbacks(), left.astray())).containsExactly(4, 2, 6);
    Unlucky resumed = new Unlucky(6, left.rollbacks());
    assertThat(parameters(job(again, plan, resumed).run().model())).containsExactly(whole);
    assertThat(resumed.wentBackTo).containsExactly(3);
  }

  /** Of rounds 5 and 4, which are given up, the first is removed and the second not yet. */
  @Test
  void aRunThatIsKilledWhileItRemovesCheckpointsComesBackToTheSameBits() {
    TrainingPlan plan = seldomValidated(1, 0);
    RunFolder run = RunFolder.create(new Configuration(), uri("whole"));
    double[] whole = parameters(job(run, plan, new Unlucky(6, 0)).run().model());

    Path fourth = folder.resolve("cut/checkpoints/round-00000004");
    Path aside = folder.resolve("aside");
    Unlucky killed =
        new Unlucky(6, 0) {
          @Override
          public void round(RoundReport report) {
            if (report.round() == 6 && behind == 1) {
              copy(fourth, aside);
            }
            super.round(report);
          }

          @Override
          public void rolledBack(Rollback rollback) {
            super.rolledBack(rollback);
            if (rollback.number() == 2) {
              copy(aside, fourth);
              throw new IllegalStateException("killed");
            }
          }
        };
    RunFolder cut = RunFolder.create(new Configuration(), uri("cut"));
    assertThatThrownBy(() -> job(cut, plan, killed).run()).hasMessage("killed");
    assertThat(killed.wentBackTo).containsExactly(5, 3);
    RunFolder again = RunFolder.resume(new Configuration(), uri("cut"));
    Checkpoint left = again.latest().orElseThrow();
    assertThat(List.of(left.round(), left.rollbacks(), left.astray())).containsExactly(4, 0, 0);
    Unlucky resumed = new Unlucky(6, 0);
    assertThat(parameters(job(again, plan, resumed).run().model())).containsExactly(whole);
    assertThat(resumed.wentBackTo).containsExactly(5, 3, 3);
  }

  private static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to);
      for (String name : List.of("model.zip", "outer.npz", "manifest.json")) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each start does one round, and validates for its own sake where no validation is due. */
  @Test
  void aRunThatRunsOutOfTimeAfterEveryRoundEqualsOneThatDoesNot() {
    Unlucky undisturbed = new Unlucky(6, 0);
    RunFolder run = RunFolder.create(new Configuration(), uri("whole"));
    TrainingResult whole = job(run, seldomValidated(2, 0), undisturbed).run();
    assertThat(undisturbed.wentBackTo).containsExactly(4, 3, 3);

    List<Integer> wentBackTo = new ArrayList<>();
    TrainingResult parts;
    do {
      RunFolder again = RunFolder.resume(new Configuration(), uri("parts"));
      Unlucky start = new Unlucky(6, again.latest().map(Checkpoint::rollbacks).orElse(0));
      parts = job(again, seldomValidated(2, 1e-9), start).run();
      wentBackTo.addAll(start.wentBackTo);
    } while (parts.rounds() < 8);
    assertThat(wentBackTo).isEqualTo(undisturbed.wentBackTo);
    assertThat(parts.best()).isEqualTo(whole.best());
    assertThat(parts.heldOutLoss()).isEqualTo(whole.heldOutLoss());
    assertThat(parameters(parts.model())).containsExactly(parameters(whole.model()));
  }

  @Test
  void aValidationThatIsNotDueIsToldAndHasNoPartInWhatIsBest() {
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    TrainingResult result = job(run, seldomValidated(2, 1e-9)).run();
    assertThat(result.rounds()).isEqualTo(1);
    assertThat(result.heldOutLoss()).isFinite();
    assertThat(result.best()).isNaN();
    assertThat(run.metrics()).singleElement().asString().contains("held_out_loss");
    assertThat(run.checkpoints())
        .extracting(CheckpointState::heldOutLoss)
        .containsExactly(Double.NaN);
  }

  /** One that was never stopped has no checkpoint yet. */
  @Test
  void aRunThatWasStoppedBeforeItsFirstCheckpointWasDueGoesBackToItsBeginning() {
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    assertThat(job(run, seldomValidated(7, 1e-9)).run().rounds()).isEqualTo(1);
    RunFolder again = RunFolder.resume(new Configuration(), uri("run"));
    Unlucky unlucky = new Unlucky(2, 0);
    assertThat(job(again, seldomValidated(7, 0), unlucky).run().rounds()).isEqualTo(8);
    assertThat(unlucky.wentBackTo).containsExactly(0, 0, 0);
  }

  @Test
  void aRunThatDivergesTooOftenStopsWithItsStory() {
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    Story story = new Story();
    assertThatThrownBy(() -> job(run, tooFast(new Recovery(2, 0.5, 1e-12, 1)), story).run())
        .isInstanceOf(DivergedException.class)
        .hasMessageStartingWith("round 1 went astray after 2 rollbacks: a gradient's norm was ")
        .hasMessageContaining("allowed by train.explosionNorm: 1.0E-12")
        .hasMessageContaining("; before that round 1, back to round 0 with 0.5 of the rate;")
        .hasMessageContaining("; before that round 1, back to round 0 with 0.25 of the rate;")
        .hasMessageEndingWith("lower train.learningRate, or limit gradients by train.clipNorm");
    assertThat(story.rollbacks).hasSize(2);
    assertThat(run.metrics()).isEmpty();
  }

  /** Any solver's error is more than is allowed. */
  @Test
  void aRunThatLearnsItsSolversErrorGoesBackAndStopsWithItsStory() {
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    Story story = new Story();
    TrainingPlan config = tooFast(1, new Recovery(1, 0.5, 1e6, 1e-9));
    assertThatThrownBy(() -> job(run, config, story).run())
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("the training's step underrated the loss by ")
        .hasMessageContaining(" bits/dim, allowed by train.maxSolverError: 1.0E-9 (raise")
        .hasMessageContaining("back to round 0 with 0.5 of the rate");
    assertThat(story.rollbacks).hasSize(1);
  }

  @Test
  void aRunOfClippedGradientsThatExplodeStopsToo() {
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    TrainingPlan config = tooFast(1, new Recovery(1, 0.5, 1e-12, 1));
    assertThatThrownBy(() -> job(run, config, new Story()).run())
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining(": the median of gradients' norms was ");
  }

  @Test
  void whatIsAskedToStopLeavesACheckpointAndItsModelAndGoesOnToTheSameBits() {
    double[] whole = parameters(train("whole", adam(4, 2, 2)));
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    TrainingListener stop =
        new TrainingListener() {
          private int done;

          @Override
          public void round(RoundReport report) {
            done = report.round();
          }

          @Override
          public boolean isStopRequested() {
            return done == 1;
          }
        };
    TrainingResult stopped = job(run, adam(4, 2, 2), stop).run();
    assertThat(stopped.rounds()).isEqualTo(2);
    assertThat(run.checkpoints()).extracting(CheckpointState::round).contains(2);
    assertThat(run.read("model.zip")).isPresent();
    RunFolder again = RunFolder.resume(new Configuration(), uri("run"));
    assertThat(parameters(job(again, adam(4, 2, 2)).run().model())).containsExactly(whole);
  }

  @Test
  void whatIsAskedToStopAtOnceLeavesNoModel() {
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    TrainingListener stop =
        new TrainingListener() {
          @Override
          public boolean isStopRequested() {
            return true;
          }
        };
    assertThat(job(run, adam(4, 2, 2), stop).run().rounds()).isZero();
    assertThat(run.newestModel()).isEmpty();
  }
}
