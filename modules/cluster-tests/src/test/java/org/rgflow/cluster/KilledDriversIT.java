package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of ten rounds whose drivers are killed at random moments, on each kind of storage: a longer
 * look than an ordinary build takes, {@code -Drgflow.kills=20}.
 */
@EnabledIfSystemProperty(named = "rgflow.kills", matches = "[1-9]\\d*")
class KilledDriversIT {
  private static final int KILLS = Integer.getInteger("rgflow.kills", 0);

  @TempDir private static Path folder;
  private static byte[] undisturbed;

  @BeforeAll
  static void trainUndisturbed() {
    Story story = story(Map.of(), Map.of(), Place.local(folder));
    story.putImages();
    Story.requireDone(train(story, "undisturbed"));
    undisturbed = story.place().bytes("undisturbed/model.zip");
  }

  private static Story story(
      Map<String, String> settings, Map<String, String> environment, Place place) {
    return Story.here(folder.resolve("work"), settings, environment, place);
  }

  private static ChildProcess train(Story story, String run) {
    return story.train(run, "--set", "then.rounds=8", "--set", "then.localSteps=4");
  }

  @Test
  void onALocalDiskEachGoesOnToTheSameBits() {
    requireSameBits("file", story(Map.of(), Map.of(), Place.local(folder.resolve("file"))));
  }

  @Test
  void onHdfsEachGoesOnToTheSameBits() {
    try (Hdfs hdfs = Hdfs.start(folder.resolve("hdfs"))) {
      Map<String, String> settings = hdfs.clientSettings();
      requireSameBits("hdfs", story(settings, Map.of(), new Place(hdfs.uri(), settings)));
    }
  }

  @Test
  void onS3EachGoesOnToTheSameBits() {
    try (S3Server s3 = S3Server.start(folder.resolve("s3"))) {
      requireSameBits("s3", story(s3.clientSettings(), s3.environment(), s3.place()));
    }
  }

  private static void requireSameBits(String store, Story story) {
    story.putImages();
    long begin = System.nanoTime();
    Story.requireDone(train(story, "run"));
    int milliseconds = (int) ((System.nanoTime() - begin) / 1_000_000);
    assertThat(story.place().bytes("run/model.zip")).isEqualTo(undisturbed);
    Random random = new Random(KILLS);
    for (int kill = 1; kill <= KILLS; kill++) {
      String run = "killed" + kill;
      int moment = random.nextInt(milliseconds);
      ChildProcess first = train(story, run);
      ChildProcess.pause(moment);
      first.kill();
      ChildProcess second = train(story, run);
      Story.requireDone(second);
      assertThat(story.place().bytes(run + "/model.zip")).isEqualTo(undisturbed);
      System.out.printf(
          "{\"store\":\"%s\",\"kill\":%d,\"after_ms\":%d,\"of_ms\":%d,\"went_on\":\"%s\"}%n",
          store, kill, moment, milliseconds, howItWentOn(second.out()));
    }
  }

  /** From nothing, a checkpoint, or the end. */
  private static String howItWentOn(String output) {
    return output
        .lines()
        .filter(line -> line.startsWith("resumed") || line.startsWith("already"))
        .findFirst()
        .orElse("from the beginning");
  }
}
