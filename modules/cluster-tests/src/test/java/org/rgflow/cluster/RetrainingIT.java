package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nightly retraining whose driver is killed, started twice, and finds a registry it cannot write.
 */
class RetrainingIT {
  /** Where images and registries are: {@code -Drgflow.store=hdfs} and {@code s3} for others. */
  private static final String STORE = System.getProperty("rgflow.store", "file");

  private static final boolean IS_LOCAL = STORE.equals("file");

  /** More for a longer look: {@code -Drgflow.kills=20}. */
  private static final int KILLS = Integer.getInteger("rgflow.kills", 1);

  /** More for a longer look: {@code -Drgflow.starters=50}. */
  private static final int STARTERS = Integer.getInteger("rgflow.starters", 1);

  private static final String FIRST_CHAMPION = "aliases/champion-history/00000001.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is a function of configuration, seed and data alone. */
  private static final List<String> RESULTS =
      List.of("model.zip", "decision.json", "calibration.json", "plan.json", "MLmodel");

  /** Bytes; a file takes whole ones. */
  private static final int PAGE = 4096;

  /** Bytes; a checkpoint alone takes more. */
  private static final int ROOM_FOR_LESS_THAN_A_RUN = 100_000;

  @TempDir private static Path folder;
  private static AutoCloseable server = () -> {};
  private static Story story;
  private static long undisturbedMilliseconds;

  @BeforeAll
  static void retrainUndisturbed() {
    story = story();
    story.place().write("images/monday-idx3-ubyte", Built.testImages(96));
    story.place().write("held-out/held-out-idx3-ubyte", Built.testImages(24));
    Story.requireDone(retrain("undisturbed", "monday"));
    story.place().write("images/tuesday-idx3-ubyte", Built.testImages(64));
    long begin = System.nanoTime();
    Story.requireDone(retrain("undisturbed", "tuesday"));
    undisturbedMilliseconds = (System.nanoTime() - begin) / 1_000_000;
  }

  private static Story story() {
    Path work = folder.resolve("work");
    switch (STORE) {
      case "file":
        return Story.here(work, Place.local(folder));
      case "hdfs":
        Hdfs hdfs = Hdfs.start(folder.resolve("hdfs"));
        server = hdfs;
        Map<String, String> settings = hdfs.clientSettings();
        return Story.here(work, settings, Map.of(), new Place(hdfs.uri(), settings));
      case "s3":
        S3Server s3 = S3Server.start(folder.resolve("s3"));
        server = s3;
        return Story.here(work, s3.clientSettings(), s3.environment(), s3.place());
      default:
        throw new IllegalArgumentException("rgflow.store must be file, hdfs or s3, was " + STORE);
    }
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  private static ChildProcess retrain(String registry, String date) {
    return story.start(
        "retrain",
        "--config",
        Built.root().resolve("modules/cluster-tests/src/test/resources/retrain.yaml").toString(),
        "--data",
        story.place().at("images"),
        "--validation",
        story.place().at("held-out"),
        "--registry",
        story.place().at(registry),
        "--date",
        date);
  }

  private static String model(String registry) {
    return registry + "/models/photos/";
  }

  private static int champion(String registry) throws IOException {
    return alias(registry).path("version").asInt();
  }

  private static JsonNode alias(String registry) throws IOException {
    return JSON.readTree(story.place().bytes(model(registry) + "aliases/champion.json"));
  }

  /** A registry as it was after Monday, but for the folder of its run. */
  private static void copyMonday(String registry) {
    for (String file : mondaysFiles()) {
      story.place().write(model(registry) + file, monday(file));
    }
    story.place().write(model(registry) + "aliases/champion.json", monday(FIRST_CHAMPION));
  }

  private static List<String> mondaysFiles() {
    List<String> files = new ArrayList<>(List.of(FIRST_CHAMPION));
    for (String name : story.place().names(model("undisturbed") + "versions/1")) {
      files.add("versions/1/" + name);
    }
    return files;
  }

  private static byte[] monday(String file) {
    return story.place().bytes(model("undisturbed") + file);
  }

  @Test
  void killedAtAnyMomentItPublishesOneVersionWhichIsThatOfAnUndisturbedRun() throws IOException {
    copyMonday("killed");
    Random random = new Random(KILLS);
    for (int kill = 0; kill < KILLS; kill++) {
      ChildProcess driver = retrain("killed", "tuesday");
      // over all of what an undisturbed one does, as those before have done some of it
      ChildProcess.pause(random.nextInt((int) undisturbedMilliseconds));
      driver.kill();
      requireNothingTorn();
    }
    ChildProcess last = retrain("killed", "tuesday");
    Story.requireDone(last);
    assertThat(story.place().names("killed/models/photos/versions")).containsExactly("1", "2");
    for (String result : RESULTS) {
      String file = "versions/2/" + result;
      assertThat(story.place().bytes(model("killed") + file))
          .as(result)
          .isEqualTo(story.place().bytes(model("undisturbed") + file));
    }
    assertThat(champion("killed")).isEqualTo(champion("undisturbed"));
    assertThat(alias("killed").path("sequence")).isEqualTo(alias("undisturbed").path("sequence"));
  }

  /** What a reader sees meanwhile: whole versions, and a champion that is one of them. */
  private static void requireNothingTorn() {
    ChildProcess shown =
        story.run("registry", "show", "--registry", story.place().at("killed"), "--name", "photos");
    for (int version = 1; version <= 2; version++) {
      if (shown.out().contains("version " + version + " ")) {
        story.run(
            "registry",
            "show",
            "--registry",
            story.place().at("killed"),
            "--name",
            "photos",
            Integer.toString(version));
      }
    }
    assertThat(shown.out()).containsPattern("  champion\n");
  }

  @Test
  void ofTwoThatStartAtOnceOneWorks() throws IOException {
    for (int time = 0; time < STARTERS; time++) {
      String registry = "twice" + time;
      copyMonday(registry);
      List<ChildProcess> both = List.of(retrain(registry, "tuesday"), retrain(registry, "tuesday"));
      List<Integer> statuses = both.stream().map(ChildProcess::status).sorted().toList();
      assertThat(statuses).containsExactly(0, 3);
      ChildProcess late = both.stream().filter(child -> child.status() == 3).findFirst().get();
      assertThat(late.err())
          .hasLineCount(1)
          .contains("models/photos: the lease is held by process");
      assertThat(story.place().names(registry + "/models/photos/versions"))
          .containsExactly("1", "2");
      assertThat(champion(registry)).isEqualTo(champion("undisturbed"));
    }
  }

  @Test
  void aRegistryThatCannotBeWrittenIsOneLineAndItsChampionStays() throws IOException {
    assumeTrue(IS_LOCAL, "a disk of this machine");
    copyMonday("disk");
    Path disk = folder.resolve("disk");
    Files.createDirectories(disk.resolve("models/photos/lease"));
    try (Mount mounted = Mount.readOnly(disk)) {
      ChildProcess refused = retrain("disk", "tuesday");
      assertThat(refused.status()).isEqualTo(2);
      assertThat(refused.err())
          .hasLineCount(1)
          .startsWith("rgflow: file:")
          .contains("/models/photos/lease/", "could not be written", "Read-only file system");
    }
    assertThat(champion("disk")).isEqualTo(1);
  }

  @Test
  void aFullDiskIsOneLineAndTheChampionStays() throws IOException {
    assumeTrue(IS_LOCAL, "a disk of this machine");
    Path disk = Files.createDirectories(folder.resolve("full"));
    long monday = mondaysFiles().stream().mapToLong(file -> monday(file).length + PAGE).sum();
    try (Mount mounted = Mount.disk(disk, monday + ROOM_FOR_LESS_THAN_A_RUN)) {
      copyMonday("full");
      ChildProcess full = retrain("full", "tuesday");
      assertThat(full.status()).isEqualTo(2);
      assertThat(full.err())
          .hasLineCount(1)
          .startsWith("rgflow: ")
          .contains("could not be written", "No space left on device");
      assertThat(champion("full")).isEqualTo(1);
      assertThat(story.place().exists("full/models/photos/lease")).isFalse();
    }
  }
}
