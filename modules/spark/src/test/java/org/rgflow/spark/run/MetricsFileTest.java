package org.rgflow.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.WholeFiles;

class MetricsFileTest {
  @TempDir private Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private MetricsFile metrics;

  private Path file() {
    return folder.resolve("metrics.jsonl");
  }

  private MetricsFile open() throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file().toUri());
    return new MetricsFile(WholeFiles.of(new Configuration(), path), path, nanos::get);
  }

  @BeforeEach
  void create() throws IOException {
    metrics = open();
  }

  private static String line(int round) {
    return "{\"round\":" + round + "}";
  }

  private List<String> written() throws IOException {
    return Files.readAllLines(file());
  }

  @Test
  void manyLinesOfAMomentAreWrittenOnceAndThoseOfLaterWithTheNext() throws IOException {
    metrics.add(line(1));
    assertThat(written()).containsExactly(line(1));
    nanos.set(Duration.ofSeconds(9).toNanos());
    metrics.add(line(2));
    metrics.add(line(3));
    assertThat(written()).containsExactly(line(1));
    nanos.set(Duration.ofSeconds(10).toNanos());
    metrics.add(line(4));
    assertThat(written()).containsExactly(line(1), line(2), line(3), line(4));
    metrics.add(line(5));
    assertThat(written()).hasSize(4);
    assertThat(metrics.lines()).hasSize(5);
  }

  @Test
  void whatIsAskedForIsWrittenAtOnceAndReadBack() throws IOException {
    metrics.add(line(1));
    metrics.add(line(2));
    metrics.write();
    assertThat(written()).containsExactly(line(1), line(2));
    MetricsFile again = open();
    again.read();
    assertThat(again.lines()).containsExactly(line(1), line(2));
  }

  @Test
  void aFileThatIsAsItShouldBeIsNotWritten() throws IOException {
    metrics.write();
    assertThat(file()).doesNotExist();
    metrics.add(line(1));
    Files.delete(file());
    metrics.forgetAfter(1);
    metrics.write();
    assertThat(file()).doesNotExist();
  }

  @Test
  void linesThatAreForgottenAreInNoFileThatIsWrittenLater() throws IOException {
    for (int round = 1; round <= 3; round++) {
      metrics.add(line(round));
    }
    metrics.add("{ no JSON");
    metrics.forgetAfter(2);
    metrics.write();
    assertThat(written()).containsExactly(line(1), line(2));
    metrics.forgetAfter(0);
    metrics.write();
    assertThat(written()).isEmpty();
    metrics.read();
    assertThat(metrics.lines()).isEmpty();
  }

  @Test
  void theLastLossIsThatOfTheLastValidation() {
    metrics.add("{\"round\":1,\"held_out_loss\":3.5}");
    metrics.add(line(2));
    metrics.add("{\"round\":3,\"held_out_loss\":2.5}");
    assertThat(metrics.heldOutLoss(2)).isEqualTo(3.5);
    assertThat(metrics.heldOutLoss(3)).isEqualTo(2.5);
    assertThat(metrics.heldOutLoss(0)).isNaN();
    metrics.add("{ no JSON");
    assertThatThrownBy(() -> metrics.heldOutLoss(3))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("metrics.jsonl: not JSON, or damaged");
  }
}
