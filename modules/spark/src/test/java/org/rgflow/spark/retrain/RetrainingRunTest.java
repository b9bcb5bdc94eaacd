package org.rgflow.spark.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.registry.Champion;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.registry.Version;
import org.rgflow.spark.score.Bootstrap;
import org.rgflow.spark.score.ScoreDistribution;
import org.rgflow.spark.score.SmallModels;

class RetrainingRunTest {
  private static final FlowModel FLOW = SmallModels.ofPixels();
  private static final List<String> FILES = List.of(Version.MODEL);

  @TempDir private Path folder;
  private RegisteredModel model;
  private Lease lease;

  @BeforeEach
  void open() {
    model = Registry.open(new Configuration(), folder.toUri().toString()).model("photos");
    lease = model.lease(LeaseTerms.brief("a test"));
    promote("by hand");
  }

  @AfterEach
  void giveBack() {
    lease.close();
  }

  private void promote(String run) {
    Version version = model.publish(lease, run, Map.of(Version.MODEL, FLOW::save));
    model.promote(lease, version.number(), run, "found better");
  }

  /** Of a challenger that was better than version 1. */
  private RetrainingRun decided() {
    RetrainingPlan plan =
        new RetrainingPlan("photos", "2024-03-05", "configuration", "data", "known", "held-out", 1);
    RetrainingRun run = new RetrainingRun(model, plan);
    run.begin(FileInventory.empty());
    model.files().write(new org.apache.hadoop.fs.Path(run.uri(), Version.MODEL), FLOW::save);
    run.decide(
        new Decision(
            true,
            List.of("better by 0.1"),
            1,
            "bits/dim",
            100,
            3,
            2.9,
            0.1,
            new Bootstrap.Interval(0.05, 0.15),
            new PromotionRule(0, 0.95, 100, 0, 3)),
        new ScoreDistribution(FLOW.id(), "as usual", "bits/dim", 100, new double[] {2, 3, 4}));
    return run;
  }

  private List<Integer> numbers() {
    return model.versions().stream().map(Version::number).toList();
  }

  private List<Integer> champions() {
    return model.champions().stream().map(Champion::version).toList();
  }

  @Test
  void whatIsBetterThanTheChampionIsPublishedAndPromotedOnce() {
    RetrainingRun run = decided();
    Outcome outcome = run.publish(lease, FILES);
    assertThat(outcome).isEqualTo(new Outcome(2, true, List.of("better by 0.1")));
    assertThat(run.outcome()).contains(outcome);
    assertThat(run.publish(lease, FILES)).isEqualTo(outcome);
    assertThat(numbers()).containsExactly(1, 2);
    assertThat(champions()).containsExactly(1, 2);
    assertThat(model.championModel().id()).isEqualTo(FLOW.id());
  }

  @Test
  void aChampionThatTheChallengerWasNotComparedWithIsNotDisplaced() {
    RetrainingRun run = decided();
    promote("by hand again");
    Outcome outcome = run.publish(lease, FILES);
    assertThat(outcome.version()).isEqualTo(3);
    assertThat(outcome.promoted()).isFalse();
    assertThat(outcome.reasons())
        .singleElement()
        .asString()
        .contains("compared with version 1", "version 2 is");
    assertThat(run.outcome()).contains(outcome);
    assertThat(run.publish(lease, FILES)).isEqualTo(outcome);
    assertThat(numbers()).containsExactly(1, 2, 3);
    assertThat(champions()).containsExactly(1, 2);
    assertThat(model.champion().orElseThrow().version()).isEqualTo(2);
  }
}
