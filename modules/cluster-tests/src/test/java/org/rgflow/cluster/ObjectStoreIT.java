package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything on S3, by s3a, of a server that is a process of its own and asks for credentials. */
class ObjectStoreIT {
  @TempDir private static Path folder;
  private static S3Server s3;
  private static Story story;

  @BeforeAll
  static void start() {
    s3 = S3Server.start(folder.resolve("s3"));
    story = Story.here(folder.resolve("work"), s3.clientSettings(), s3.environment(), s3.place());
    story.putImages();
  }

  /** The story of those who come by a gate. */
  private static Story through(BusyGate gate, Map<String, String> patience) {
    Map<String, String> settings = new HashMap<>(S3Server.clientSettings(gate.port()));
    settings.putAll(patience);
    return Story.here(folder.resolve("gate" + gate.port()), settings, s3.environment(), s3.place());
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @Test
  void theStoryIsTheSameThroughDeathsOfDriverAndServerAndOneThatIsOftenBusy() throws IOException {
    try (BusyGate gate = BusyGate.open(s3.port(), 3, 5)) {
      ChildProcess first = through(gate, Map.of()).train("run");
      first.awaitOutput("round 3/" + Story.ROUNDS);
      first.kill();
      assertThat(gate.told()).isPositive();
    }
    ChildProcess second = story.train("run");
    second.awaitOutput("resumed after round ");
    s3.kill();
    ChildProcess.pause(3_000);
    s3.start();
    Story.requireDone(second);
    story.requireUndisturbedModel("run");

    ChildProcess scoring = story.score("run", "scores");
    scoring.await("its second chunk", () -> story.place().exists("scores/chunk=1/_SUCCESS"));
    scoring.kill();
    try (BusyGate gate = BusyGate.open(s3.port(), 3, 5)) {
      Story.requireDone(through(gate, Map.of()).score("run", "scores"));
      assertThat(gate.told()).isPositive();
    }
    story.requireUndisturbedScores("scores");
    assertThat(new String(story.place().bytes("scores/chunk=0/_SUCCESS"), StandardCharsets.UTF_8))
        .contains("magic");

    story.sample("run", "samples");
    story.requireUndisturbedSamples("samples");
    story.report("run");
    requireNoSecret();
  }

  private static void requireNoSecret() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean isOfServer = file.getFileName().toString().equals("s3proxy.conf");
        if (!isOfServer) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain(s3.secret());
        }
      }
    }
  }

  @Test
  void wrongCredentialsAreOneLine() {
    Story stranger =
        Story.here(
            folder.resolve("stranger"),
            s3.clientSettings(),
            Map.of("AWS_ACCESS_KEY_ID", "local-id", "AWS_SECRET_ACCESS_KEY", "guessed"),
            story.place());
    ChildProcess refused = stranger.train("refused");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).hasLineCount(1).startsWith("rgflow: ").contains("s3a://bucket");
    assertThat(story.place().exists("refused")).isFalse();
  }

  /** With less patience than is usual. */
  @Test
  void aServerThatStaysBusyIsOneLine() {
    Map<String, String> patience =
        Map.of("fs.s3a.attempts.maximum", "2", "fs.s3a.retry.throttle.limit", "1");
    try (BusyGate gate = BusyGate.open(s3.port(), 1, 0)) {
      ChildProcess refused = through(gate, patience).train("never");
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err())
          .hasLineCount(1)
          .startsWith("rgflow: ")
          .contains("s3a://bucket/never", "503");
    }
    assertThat(story.place().exists("never")).isFalse();
  }
}
