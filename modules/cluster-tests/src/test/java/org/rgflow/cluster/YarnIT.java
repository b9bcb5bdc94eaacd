package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** YARN of a ResourceManager and two NodeManagers, each a process of its own. */
class YarnIT {
  @TempDir private static Path folder;
  private static Yarn yarn;
  private static Place place;

  @BeforeAll
  static void start() {
    yarn = Yarn.start(folder.resolve("yarn"));
    place = Place.local(folder);
    story("client").putImages();
  }

  @AfterAll
  static void stop() {
    yarn.close();
  }

  private static Story story(String deployMode) {
    return new Story(folder, yarn.options(deployMode), yarn.environment(), place);
  }

  @Test
  void aDriverInTheClusterTrainsAndOneOutsideScores() {
    Story.requireDone(story("cluster").train("run"));
    story("client").requireUndisturbedModel("run");
    Story.requireDone(story("client").score("run", "scores"));
    story("client").requireUndisturbedScores("scores");
  }

  @Test
  void aKilledDriverIsStartedAgainInTheClusterAndByHandOutsideAndGoesOn() {
    ChildProcess inCluster = story("cluster").train("again");
    inCluster.await(
        "its second checkpoint", () -> place.exists("again/checkpoints/round-00000002"));
    yarn.killDriver();
    Story.requireDone(inCluster);
    Story outside = story("client");
    outside.requireUndisturbedModel("again");
    assertThat(new String(place.bytes("again/provenance.jsonl"), StandardCharsets.UTF_8))
        .hasLineCount(2);

    ChildProcess first = outside.train("by-hand");
    first.awaitOutput("round 3/" + Story.ROUNDS);
    first.kill();
    ChildProcess second = outside.train("by-hand");
    second.awaitOutput("resumed after round ");
    Story.requireDone(second);
    outside.requireUndisturbedModel("by-hand");
    outside.sample("by-hand", "samples");
    outside.requireUndisturbedSamples("samples");
    outside.report("by-hand");
  }
}
