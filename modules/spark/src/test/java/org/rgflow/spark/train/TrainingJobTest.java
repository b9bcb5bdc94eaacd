package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.data.GaussianTransform;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.CheckpointState;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.train.plan.AveragingConfig;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.plan.Validation;
import org.rgflow.spark.train.shards.PixelConfig;
import org.rgflow.spark.train.shards.TransformConfig;

class TrainingJobTest extends ImageTraining {
  @Test
  void trainingTwiceGivesTheSameBits() {
    assertThat(parameters(train("a", adam(4, 2, 2))))
        .containsExactly(parameters(train("b", adam(4, 2, 2))));
  }

  @Test
  void theNumberOfCoresDoesNotChangeABit() {
    double[] two = parameters(train("a", adam(4, 2, 4)));
    spark.stop();
    spark = LocalSpark.start(1);
    assertThat(parameters(train("b", adam(4, 2, 4)))).containsExactly(two);
    spark.stop(); // the next test has two cores again
  }

  @Test
  void aResumedRunEndsWithTheSameBits() {
    double[] whole = parameters(train("whole", adam(6, 2, 2)));
    train("cut", limited(adam(6, 2, 2), 3));
    RunFolder again = RunFolder.resume(new Configuration(), uri("cut"));
    double[] resumed = parameters(job(again, adam(6, 2, 2)).run().model());
    assertThat(resumed).containsExactly(whole);
    assertThat(again.metrics()).hasSize(6);
  }

  @Test
  void roundsOfOneShardAreTheStepsTheyHold() {
    assertThat(parameters(train("rounds", adam(4, 2, 1))))
        .containsExactly(parameters(train("steps", adam(1, 8, 1))));
  }

  @Test
  void manyTasksOfOneStepEqualOneTaskWithTheWholeBatch() {
    double[] many = parameters(train("many", sgd(6, 4)));
    double[] one = parameters(train("one", sgd(24, 1)));
    assertThat(many).hasSameSizeAs(one);
    for (int i = 0; i < many.length; i++) {
      assertThat(many[i]).isCloseTo(one[i], within(1e-5));
    }
  }

  @Test
  void trainingLowersTheHeldOutLoss() {
    List<Double> losses = new ArrayList<>();
    TrainingListener listener =
        new Silent() {
          @Override
          public void round(RoundReport report) {
            losses.add(report.heldOut().loss());
          }
        };
    TrainingPlan config =
        config(8, 4, 12, "adam", 2e-2, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
    job(RunFolder.create(new Configuration(), uri("run")), config, listener).run();
    assertThat(losses).hasSize(12).doesNotContainNull();
    assertThat(losses.get(11)).isLessThan(losses.get(0) - 0.1);
  }

  @Test
  void flowMatchingLowersTheHeldOutLossAndReportsEveryLevel() {
    List<RoundReport> reports = new ArrayList<>();
    TrainingListener listener = collecting(reports);
    job(RunFolder.create(new Configuration(), uri("run")), matched(12, 0), listener).run();
    assertThat(reports).allMatch(report -> report.steps().levelLosses().size() == 3);
    assertThat(reports.get(11).steps().loss()).isLessThan(reports.get(0).steps().loss());
    assertThat(reports.get(11).heldOut().loss()).isLessThan(reports.get(0).heldOut().loss() - 0.1);
  }

  @Test
  void aRunSaysOnHowManyExamplesItValidatesWhichAreNoMoreThanItMay() {
    List<TrainingStart> starts = new ArrayList<>();
    TrainingListener listener =
        new Silent() {
          @Override
          public void started(TrainingStart start) {
            starts.add(start);
          }
        };
    TrainingPlan plan = config(4, 1, 1, "adam", 1e-2, 4, 0.5, TrainingConfig.Master.AVERAGING, 0);
    Validation fewerThanShards = new Validation(0.5, 1, 3);
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    TrainingResult result = job(run, with(plan, fewerThanShards), listener).run();
    assertThat(result.heldOutLoss()).isFinite();
    assertThat(starts).hasSize(1);
    assertThat(starts.get(0).validatedExamples()).isEqualTo(3);
    assertThat(starts.get(0).heldOutExamples())
        .isGreaterThan(3)
        .isEqualTo(EXAMPLES - starts.get(0).trainingExamples());
  }

  /** A rate so high that losses rise, so that the schedule has something to do. */
  private static TrainingPlan plateaus() {
    TrainingPlan plan = config(4, 2, 6, "adam", 0.1, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
    LearningRate falling = new LearningRate(0.1, LearningRate.Schedule.PLATEAU, 0, 1, 0.1);
    return with(plan, with(plan.first(), falling));
  }

  @Test
  void aResumedRunRemembersItsPlateaus() {
    double[] whole = parameters(train("whole", plateaus()));
    train("cut", limited(plateaus(), 4));
    RunFolder again = RunFolder.resume(new Configuration(), uri("cut"));
    assertThat(parameters(job(again, plateaus()).run().model())).containsExactly(whole);
    TrainingPlan constant =
        config(4, 2, 6, "adam", 0.1, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
    assertThat(parameters(train("constant", constant))).isNotEqualTo(whole);
  }

  private static TrainingPlan refining() {
    return config(4, 2, 3, "adam", 1e-2, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
  }

  private TrainingJob twoPhases(RunFolder run, TrainingListener listener) {
    return job(
        run,
        with(refining(), matching(4, 0.5), refining().first()),
        listener,
        model(4, Padding.CIRCULAR),
        DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
        new TransformConfig(
            new PixelConfig(PixelConfig.Transform.LOGIT, 0.05, true, 1, 0.01), true),
        null);
  }

  @Test
  void twoPhasesOfARunEqualARunThatStartsFromAnother() {
    RunFolder both = RunFolder.create(new Configuration(), uri("both"));
    List<RoundReport> reports = new ArrayList<>();
    TrainingListener listener = collecting(reports);
    FlowModel together = twoPhases(both, listener).run().model();

    FlowModel first = train("first", matched(4, 0.5));
    RunFolder second = RunFolder.create(new Configuration(), uri("second"));
    FlowModel apart = job(second, refining(), first).run().model();
    assertThat(parameters(together)).containsExactly(parameters(apart));

    assertThat(reports)
        .extracting(RoundReport::round, report -> report.place().rounds())
        .containsExactly(
            tuple(1, 7),
            tuple(2, 7),
            tuple(3, 7),
            tuple(4, 7),
            tuple(5, 7),
            tuple(6, 7),
            tuple(7, 7));
    assertThat(reports)
        .extracting(RoundReport::objective)
        .containsSubsequence(Objective.FLOW_MATCHING, Objective.LIKELIHOOD);
    long ofTheFirst = reports.get(3).place().examples();
    assertThat(reports.get(4).place().examples()).isEqualTo(ofTheFirst + 2 * 2 * 4);
    assertThat(both.metrics().get(3)).contains("\"objective\":\"flow-matching\"");
    assertThat(both.metrics().get(4)).contains("\"objective\":\"likelihood\"");
  }

  @Test
  void aRunOfTwoPhasesResumedAnywhereEndsWithTheSameBits() {
    RunFolder whole = RunFolder.create(new Configuration(), uri("whole"));
    double[] expected = parameters(twoPhases(whole, new Silent()).run().model());
    for (int round : new int[] {2, 4, 6}) {
      String name = "cut" + round;
      RunFolder cut = RunFolder.create(new Configuration(), uri(name));
      assertThatThrownBy(() -> twoPhases(cut, killer(round)).run()).hasMessage("killed");
      RunFolder again = RunFolder.resume(new Configuration(), uri(name));
      assertThat(parameters(twoPhases(again, new Silent()).run().model()))
          .as("stopped after round %d", round)
          .containsExactly(expected);
      assertThat(again.metrics()).hasSize(7);
    }
  }

  @Test
  void pixelsGetANormalMarginalWhereAskedWhateverTheShards() {
    PixelConfig gaussian = new PixelConfig(PixelConfig.Transform.GAUSSIAN, 1e-6, true, 0.25, 0.01);
    List<GaussianTransform> found = new ArrayList<>();
    for (int shards : new int[] {1, 3}) {
      FlowModel trained =
          job(
                  RunFolder.create(new Configuration(), uri("gaussian" + shards)),
                  adam(1, 1, shards),
                  new Silent(),
                  model(4, Padding.CIRCULAR),
                  DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
                  new TransformConfig(gaussian, true),
                  null)
              .run()
              .model();
      FlowModel read = FlowModel.load("model", new ByteArrayInputStream(trained.bytes()));
      assertThat(read.transform())
          .usingRecursiveComparison()
          .isEqualTo(trained.transform())
          .isInstanceOf(GaussianTransform.class);
      found.add((GaussianTransform) read.transform());
    }
    assertThat(found.get(0).counts().total()).isEqualTo(EXAMPLES * 16L);
    assertThat(found.get(0).counts().values()).isEqualTo(found.get(1).counts().values());
  }

  @Test
  void aResumedRunOfFlowMatchingEndsWithTheSameBitsAndTheSameAverage() {
    FlowModel whole = train("whole", matched(4, 0.5));
    train("parts", new Limited(matched(4, 0.5), 2));
    FlowModel resumed =
        job(RunFolder.resume(new Configuration(), uri("parts")), matched(4, 0.5)).run().model();
    assertThat(parameters(resumed)).isEqualTo(parameters(whole));
    assertThat(parameters(whole)).isNotEqualTo(parameters(train("last", matched(4, 0))));
  }

  @Test
  void trainingStartsFromTheModelGiven() {
    FlowModel first = train("first", matched(2, 0));
    TrainingPlan still = config(8, 1, 1, "sgd", 1e-9, 1, 0, TrainingConfig.Master.AVERAGING, 0);
    RunFolder run = RunFolder.create(new Configuration(), uri("second"));
    FlowModel second = job(run, still, first).run().model();
    assertThat(parameters(second)).containsExactly(parameters(first), within(1e-6));
  }

  private static TrainingPlan matched(int rounds, double averageDecay) {
    return with(refining(), matching(rounds, averageDecay));
  }

  @Test
  void outerMomentumAndRateTakePart() {
    TrainingPlan plain = adam(3, 2, 2);
    AveragingConfig withMomentum = new AveragingConfig(2, 0.7, 0.9, 0);
    TrainingPlan outer = with(plain, with(plain.first(), withMomentum));
    assertThat(parameters(train("a", outer))).isNotEqualTo(parameters(train("b", plain)));
  }

  @Test
  void dl4jsOwnMasterTrainsOnTheSameMinibatches() {
    double[] theirs = parameters(train("theirs", sgd(6, 4, TrainingConfig.Master.DL4J)));
    double[] ours = parameters(train("ours", sgd(6, 4)));
    double[] one = parameters(train("one", sgd(24, 1)));
    for (int i = 0; i < ours.length; i++) {
      assertThat(theirs[i]).isCloseTo(ours[i], within(1e-5)).isCloseTo(one[i], within(1e-5));
    }
  }

  @Test
  void aFolderThatHoldsARunIsNotOverwritten() {
    train("run", adam(1, 1, 1));
    RunFolder finished = RunFolder.resume(new Configuration(), uri("run"));
    assertThat(finished.exists()).isTrue();
    assertThatThrownBy(() -> RunFolder.create(new Configuration(), uri("run")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds a run already");
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws Exception {
    train("run", adam(3, 1, 1));
    RunFolder run = RunFolder.resume(new Configuration(), uri("run"));
    assertThat(run.latest().orElseThrow().round()).isEqualTo(3);
    Path newest = folder.resolve("run/checkpoints/round-00000003/model.zip");
    byte[] bytes = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(run.latest().orElseThrow().round()).isEqualTo(2);
    assertThat(run.checkpoints())
        .extracting(CheckpointState::name, CheckpointState::isComplete)
        .containsExactly(tuple("round-00000003", false), tuple("round-00000002", true));
    assertThat(run.checkpoints().get(0).damage())
        .endsWith(
            "/round-00000003/model.zip: damaged, "
                + bytes.length / 2
                + " bytes of "
                + bytes.length);
  }

  @Test
  void aCheckpointWithoutItsManifestIsIncomplete() throws Exception {
    train("run", adam(3, 1, 1));
    Path checkpoints = folder.resolve("run/checkpoints");
    Files.delete(checkpoints.resolve("round-00000003/manifest.json"));
    RunFolder run = RunFolder.resume(new Configuration(), uri("run"));
    assertThat(run.latest().orElseThrow().round()).isEqualTo(2);
    assertThat(run.checkpoints().get(0).damage()).endsWith("/round-00000003: has no manifest.json");
  }

  @Test
  void aRunOfWhichEveryCheckpointIsDamagedIsNotStartedOver() throws Exception {
    train("run", adam(1, 1, 1));
    Path outer = folder.resolve("run/checkpoints/round-00000001/outer.npz");
    byte[] bytes = Files.readAllBytes(outer);
    bytes[50] ^= 1;
    Files.write(outer, bytes);
    RunFolder run = RunFolder.resume(new Configuration(), uri("run"));
    List<String> metrics = run.metrics();
    assertThatThrownBy(() -> job(run, adam(2, 1, 1)).run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("outer.npz: damaged, its SHA-256 is not the manifest's")
        .hasMessageEndingWith("checkpoints to start over");
    assertThat(run.metrics()).isEqualTo(metrics);
    assertThat(run.latestModel().rounds()).isEqualTo(1);
  }

  @Test
  void theLatestModelIsThatOfTheLastRoundKept() {
    train("run", adam(2, 1, 1));
    RunFolder run = RunFolder.resume(new Configuration(), uri("run"));
    assertThat(run.latestModel().rounds()).isEqualTo(2);
    assertThatThrownBy(() -> job(run, adam(6, 1, 1), killer(4)).run()).hasMessage("killed");
    FlowModel latest = RunFolder.resume(new Configuration(), uri("run")).latestModel();
    assertThat(latest.rounds()).isEqualTo(4);
    assertThat(parameters(latest)).containsExactly(parameters(run.latest().orElseThrow().model()));
  }

  @Test
  void aFinishedRunIsWhatItWasWithoutItsData() throws Exception {
    TrainingPlan config =
        config(4, 1, 3, "adam", 1e-2, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
    TrainingResult first = job(RunFolder.create(new Configuration(), uri("run")), config).run();
    Files.delete(folder.resolve("run/model.zip"));
    RunFolder run = RunFolder.resume(new Configuration(), uri("run"));
    TrainingJob again = job(run, config);
    Files.delete(folder.resolve("images.npy"));
    TrainingResult second = again.run();
    assertThat(second.heldOutLoss()).isFinite().isEqualTo(first.heldOutLoss());
    assertThat(second.best()).isEqualTo(first.best());
    assertThat(second.rounds()).isEqualTo(3);
    assertThat(second.unit()).isEqualTo("bits/dim");
    assertThat(folder.resolve("run/model.zip")).exists();
    assertThat(run.finished(4)).isEmpty();
  }

  @Test
  void nothingIsWrittenBeforeAllIsChecked() {
    TrainingPlan config = adam(1, 1, 1);
    TrainingListener writer =
        new Silent() {
          @Override
          public void started(TrainingStart start) {
            throw new AssertionError("started");
          }
        };
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    DivergenceConfig closedForm = DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM);
    assertThatThrownBy(() -> job(run, config, writer, model(4, Padding.ZEROS), closedForm).run())
        .hasMessageContaining("divergence.kind closed-form needs");
    DivergenceConfig auto = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    assertThatThrownBy(() -> job(run, config, writer, model(8, Padding.CIRCULAR), auto).run())
        .isInstanceOf(DataException.class)
        .hasMessage("the training data: shape 1x4x4; allowed: 1x8x8");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void moreShardsThanExamplesIsAnError() {
    assertThatThrownBy(() -> train("run", adam(1, 1, EXAMPLES + 1)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "train.shards must be at most the number of training examples, was 25: 24 were found");
  }

  private static TrainingPlan heldOut(int shards, double fraction) {
    return config(4, 1, 1, "adam", 1e-2, shards, fraction, TrainingConfig.Master.AVERAGING, 0);
  }

  @Test
  void whatIsHeldOutMustLeaveExamplesToLearnFrom() {
    assertThatThrownBy(() -> train("run", heldOut(2, 0.999)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "train.heldOutFraction must leave examples to learn from, was 0.999, which holds out"
                + " all 24 that were found");
    assertThatThrownBy(() -> train("run", heldOut(20, 0.5)))
        .hasMessage(
            "train.shards must be at most the number of training examples, was 20: 24 were found,"
                + " of which train.heldOutFraction 0.5 holds out 14");
    assertThatThrownBy(() -> train("run", heldOut(8, 0.5)))
        .hasMessage(
            "train.shards must leave no shard empty, was 8, 1 of them empty: 24 were found, of"
                + " which train.heldOutFraction 0.5 holds out 14");
  }
}
