package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.train.RoundReport;
import org.rgflow.spark.train.TensorBoard;
import org.tensorflow.hadoop.util.TFRecordReader;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/** What a run leaves for TensorBoard, as TensorFlow's own classes read it. */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class TensorBoardTest {
  @TempDir Path folder;

  private void train(String... more) {
    CommandResult trained = trained(more);
    assertThat(trained.err()).isEmpty();
    assertThat(trained.status()).isZero();
  }

  private CommandResult trained(String... more) {
    List<String> args =
        List.of(
            "train",
            "--run=" + folder.resolve("run"),
            "--data=" + folder.resolve("images"),
            "--set=train.objective=flow-matching",
            "--set=train.validateEvery=2",
            "--set=model.hidden=8",
            "--set=model.hyper=4",
            "--set=solver.steps=2",
            "--set=train.batch=8",
            "--set=train.localSteps=2",
            "--set=run.samples=5",
            "--quiet");
    return CommandResult.of(Stream.concat(args.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("run/tensorboard"))) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  private static List<Event> events(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      TFRecordReader reader = new TFRecordReader(in, true);
      for (byte[] data = reader.read(); data != null; data = reader.read()) {
        events.add(Event.parseFrom(data));
      }
    }
    return events;
  }

  private static double value(List<Event> events, String tag, long step) {
    return events.stream()
        .filter(event -> event.getStep() == step)
        .flatMap(event -> event.getSummary().getValueList().stream())
        .filter(value -> value.getTag().equals(tag))
        .mapToDouble(Summary.Value::getSimpleValue)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyNumberOfTheMetricsAndTheSamplesAreReadBack() throws IOException {
    DrawnImages.discs(folder.resolve("images"), 0, 30, 8);
    train("--rounds=3");
    assertThat(files()).hasSize(1).first().asString().contains("tfevents");
    List<Event> events = events(files().get(0));
    assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);

    List<String> lines = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
    assertThat(lines).hasSize(3);
    for (String line : lines) {
      JsonNode round = new ObjectMapper().readTree(line);
      for (String tag : List.of("train_loss", "seconds", "held_out_loss", "gradient_norm")) {
        if (round.has(tag)) {
          assertThat(value(events, tag, round.path("round").asLong()))
              .isEqualTo((float) round.path(tag).asDouble());
        }
      }
      assertThat(value(events, "level_losses/0", round.path("round").asLong()))
          .isEqualTo((float) round.path("level_losses").path(0).asDouble());
    }

    List<Event> pictures =
        events.stream()
            .filter(e -> e.getSummary().getValueList().stream().anyMatch(Summary.Value::hasImage))
            .toList();
    assertThat(pictures).extracting(Event::getStep).containsExactly(2L, 3L);
    Summary.Image samples = pictures.get(0).getSummary().getValue(0).getImage();
    BufferedImage image = ImageIO.read(samples.getEncodedImageString().newInput());
    // 5 images of 8 pixels with gaps of one
    assertThat(List.of(samples.getWidth(), samples.getHeight())).containsExactly(44, 8);
    assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(44, 8);

    train("--rounds=4");
    assertThat(files()).hasSize(2);
    List<Event> more = events(files().get(1));
    assertThat(more.get(1).getStep()).isEqualTo(4);
    assertThat(value(more, "held_out_loss", 4)).isFinite();
  }

  private static boolean isStart(Event event) {
    return event.getSessionLog().getStatus() == SessionLog.SessionStatus.START;
  }

  /** What TensorBoard shows: a start after the first takes back its step and later ones. */
  private static List<Event> shown(List<Event> events) {
    List<Event> shown = new ArrayList<>();
    for (Event event : events) {
      if (isStart(event)) {
        shown.removeIf(before -> before.getStep() >= event.getStep());
      }
      shown.add(event);
    }
    return shown;
  }

  private static RoundReport report(int round, double trainLoss) {
    return new RoundReport(
        new RoundReport.Place(round, 4, 4, 0.5, 8),
        Objective.LIKELIHOOD,
        "bits/dim",
        new RoundReport.Steps(trainLoss, List.of(), 10, 1, 1, 80),
        new RoundReport.Time(2, 320, 1, null, null),
        null);
  }

  @Test
  void roundsThatAreGivenUpAreTakenBack() throws IOException {
    RunFolder run = RunFolder.create(new Configuration(), folder.resolve("run").toUri().toString());
    TensorBoard board = new TensorBoard(run, 0);
    for (int round = 1; round <= 3; round++) {
      board.add(report(round, 4));
    }
    board.goBack(1);
    board.add(report(2, 3));
    board.write();
    List<Event> shown = shown(events(files().get(0)));
    assertThat(value(shown, "train_loss", 1)).isEqualTo(4);
    assertThat(value(shown, "train_loss", 2)).isEqualTo(3);
    assertThat(shown).noneMatch(event -> event.getStep() > 2);
  }

  @Test
  void aRunThatGoesBackSaysSo() throws IOException {
    DrawnImages.discs(folder.resolve("images"), 0, 30, 8);
    CommandResult diverged =
        trained("--rounds=2", "--set=train.explosionNorm=1e-12", "--set=train.rollbacks=2");
    assertThat(diverged.status()).isEqualTo(1);
    assertThat(diverged.err()).contains("back to round 0", "went astray after 2 rollbacks");
    assertThat(events(files().get(0)))
        .filteredOn(TensorBoardTest::isStart)
        .extracting(Event::getStep)
        .containsExactly(1L, 1L, 1L);
  }
}
