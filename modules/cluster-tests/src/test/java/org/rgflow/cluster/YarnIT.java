package org.rgflow.cluster;

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
}
