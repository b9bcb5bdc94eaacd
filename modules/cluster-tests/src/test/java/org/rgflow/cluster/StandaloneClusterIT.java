package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standalone cluster of a Master and two Workers, with everything on HDFS of a NameNode and two
 * DataNodes: each a process of its own, started here and killed at the worst moments.
 */
class StandaloneClusterIT {
  @TempDir private static Path folder;
  private static StandaloneCluster cluster;
  private static Hdfs hdfs;
  private static Story story;

  @BeforeAll
  static void start() {
    hdfs = Hdfs.start(folder.resolve("hdfs"));
    cluster = StandaloneCluster.start(folder.resolve("spark"), 2);
    Map<String, String> settings = hdfs.clientSettings();
    story =
        new Story(
            folder,
            Stream.concat(cluster.options().stream(), HadoopSettings.options(settings).stream())
                .toList(),
            Map.of(),
            new Place(hdfs.uri(), settings));
    story.putImages();
  }

  @AfterAll
  static void stop() {
    cluster.close();
    hdfs.close();
  }

  @Test
  void trainingSurvivesAnExecutorTheDriverAndAWorker() {
    ChildProcess first = story.train("run");
    first.awaitOutput("round 2/" + Story.ROUNDS);
    cluster.executors().get(0).destroyForcibly();
    first.awaitOutput("round 4/" + Story.ROUNDS);
    first.kill();
    assertThat(story.place().exists("run/model.zip")).isFalse();

    ChildProcess second = story.train("run");
    second.awaitOutput("resumed after round ");
    cluster.killWorker(0);
    cluster.addWorker();
    Story.requireDone(second);
    story.requireUndisturbedModel("run");
    story.sample("run", "samples");
    story.requireUndisturbedSamples("samples");
    story.report("run");
  }

  @Test
  void scoringSurvivesAnExecutorTheDriverAndAWorker() {
    story.place().put(Undisturbed.model(), "model.zip");
    ChildProcess first = story.score("model.zip", "scores");
    first.await("its first chunk", () -> story.place().exists("scores/chunk=0/_SUCCESS"));
    cluster.executors().get(0).destroyForcibly();
    first.await("its third chunk", () -> story.place().exists("scores/chunk=2/_SUCCESS"));
    first.kill();
    assertThat(story.place().exists("scores/_manifest.json")).isFalse();

    ChildProcess second = story.score("model.zip", "scores");
    second.awaitOutput("resumed after ");
    cluster.killWorker(0);
    cluster.addWorker();
    Story.requireDone(second);
    assertThat(second.out()).contains("scored  320 images");
    story.requireUndisturbedScores("scores");
  }

  @Test
  void aTaskOfASlowExecutorIsRunByAnotherTooWhichChangesNothing() throws IOException {
    Path events = Files.createDirectories(folder.resolve("events"));
    ChildProcess training =
        story
            .with(
                List.of(
                    "--conf",
                    "spark.eventLog.enabled=true",
                    "--conf",
                    "spark.eventLog.dir=" + events.toUri(),
                    "--conf",
                    "spark.locality.wait=0"))
            .train("slow");
    training.awaitOutput("round 1/" + Story.ROUNDS);
    ProcessHandle slow = cluster.executors().get(0);
    while (training.isAlive()) { // a tenth of the time it runs
      ChildProcess.signal("STOP", slow);
      ChildProcess.pause(450);
      ChildProcess.signal("CONT", slow);
      ChildProcess.pause(50);
    }
    Story.requireDone(training);
    try (Stream<Path> logs = Files.list(events)) {
      assertThat(Files.readString(logs.findFirst().orElseThrow()))
          .contains("\"Event\":\"SparkListenerTaskStart\"", "\"Speculative\":true");
    }
    story.requireUndisturbedModel("slow");
  }

  @Test
  void aDriverInTheClusterWaitsForANameNodeAndGoesOnWithoutADataNode() {
    Story inCluster =
        story.with(
            List.of(
                "--deploy-mode",
                "cluster",
                "--driver-memory",
                "1g",
                "--conf",
                "spark.standalone.submit.waitAppCompletion=true"));
    ChildProcess submission = inCluster.train("cluster-mode");
    submission.await("its third round", () -> hasDriverPrinted("round 3/"));
    hdfs.killNameNode();
    ChildProcess.pause(2_000);
    hdfs.startNameNode();
    submission.await("its fourth round", () -> hasDriverPrinted("round 4/"));
    hdfs.killDataNode();
    Story.requireDone(submission);
    // spark-submit ends well whatever the driver did
    assertThat(cluster.driverOutput()).contains("trained " + Story.ROUNDS + " rounds");
    story.requireUndisturbedModel("cluster-mode");
  }

  private static boolean hasDriverPrinted(String text) {
    return cluster.driverOutput().contains(text);
  }
}
