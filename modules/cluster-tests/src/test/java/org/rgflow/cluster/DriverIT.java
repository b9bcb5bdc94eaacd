package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver that is killed, stopped, and that finds no room, on this machine alone. */
class DriverIT {
  /** More for a longer look: {@code -Drgflow.kills=20}. */
  private static final int KILLS = Integer.getInteger("rgflow.kills", 1);

  /** From the start of a process; what is left of the run must be worth a SIGTERM. */
  private static final int MOST_MILLISECONDS = Integer.getInteger("rgflow.kills.within", 1_000);

  @TempDir private Path folder;

  private Story story(Path place) {
    return Story.here(folder.resolve("work"), Place.local(place));
  }

  @Test
  void aRunGoesOnFromWhateverMomentItWasKilledAt() {
    Story story = story(folder);
    story.putImages();
    Random random = new Random(KILLS);
    ChildProcess training = story.train("run");
    for (int kill = 0; kill < KILLS; kill++) {
      if (kill == 0) {
        training.awaitOutput("round 1/" + Story.ROUNDS); // so that it has something to lose
      }
      ChildProcess.pause(random.nextInt(MOST_MILLISECONDS));
      training.kill();
      training = story.train("run");
    }
    stop(training);
    Story.requireDone(story.train("run"));
    story.requireUndisturbedModel("run");
  }

  /** By SIGTERM, which lets the round end and leaves its checkpoint. */
  private static void stop(ChildProcess training) {
    training.await("a round", () -> training.out().contains("train "));
    training.terminate();
    assertThat(training.status()).isEqualTo(5);
    assertThat(training.out())
        .contains("SIGTERM: a checkpoint after this round, then the end")
        .containsPattern("stopped after [3-5] of 6 rounds; the same command goes on\n$");
    assertThat(training.err()).isEmpty();
  }

  @Test
  void aScoringThatIsStoppedEndsAfterItsChunkAndGoesOn() {
    Story story = story(folder);
    story.place().put(Undisturbed.model(), "model.zip");
    story.place().write("test/images-idx3-ubyte", Built.testImages(Story.TEST_IMAGES));
    ChildProcess scoring = story.score("model.zip", "scores");
    scoring.await("its first chunk", () -> story.place().exists("scores/chunk=0/_SUCCESS"));
    scoring.terminate();
    assertThat(scoring.status()).isEqualTo(5);
    assertThat(scoring.out())
        .contains("SIGTERM: the end after this chunk of scores")
        .endsWith("stopped; the same command goes on\n");
    assertThat(scoring.err()).isEmpty();
    assertThat(story.place().exists("scores/_manifest.json")).isFalse();
    Story.requireDone(story.score("model.zip", "scores"));
    story.requireUndisturbedScores("scores");
  }

  /** On a file system of so many bytes that a third checkpoint has no room. */
  @Test
  void aFullDiskIsOneLineAndTheCheckpointBeforeItStands() throws IOException {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    try (Mount mounted = Mount.disk(disk, 1_000 << 10)) {
      requireOneLine(disk, "No space left on device");
      ChildProcess verified =
          story(folder).start("checkpoints", "list", disk.resolve("run").toString());
      Story.requireDone(verified);
      assertThat(verified.out()).contains("  complete\n");
    }
  }

  @Test
  void aRunWhereNothingMayBeWrittenIsOneLine() throws IOException {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    try (Mount mounted = Mount.readOnly(disk)) {
      requireOneLine(disk, "Read-only file system");
    }
  }

  /** Training whose run is there ends with status 2, a line, and its cause. */
  private void requireOneLine(Path disk, String cause) {
    Story story = story(folder);
    story.putImages();
    ChildProcess training = story.trainAt(disk.resolve("run").toUri().toString());
    assertThat(training.status()).isEqualTo(2);
    assertThat(training.err())
        .hasLineCount(1)
        .startsWith("rgflow: file:")
        .contains(disk.resolve("run").toString())
        .contains("could not be written", cause);
  }
}
