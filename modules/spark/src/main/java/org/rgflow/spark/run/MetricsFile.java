package org.rgflow.spark.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.WholeFiles;

/**
 * Lines of JSON in a file that is written whole, as object stores cannot append: when it is asked
 * for, and with a line that comes when it has not been for a while. After every line it would be
 * written as often as it has lines.
 */
final class MetricsFile {
  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WholeFiles files;
  private final Path path;
  private final LongSupplier clock;
  private final List<String> lines = new ArrayList<>();
  private boolean isUnwritten;
  private long due;

  /** A file of no lines yet. */
  MetricsFile(WholeFiles files, Path path) {
    this(files, path, System::nanoTime);
  }

  /**
   * @param clock nanoseconds since some moment
   */
  MetricsFile(WholeFiles files, Path path, LongSupplier clock) {
    this.files = files;
    this.path = path;
    this.clock = clock;
    this.due = clock.getAsLong();
  }

  /** Takes the lines that are there. */
  void read() {
    files
        .read(path)
        .ifPresent(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().forEach(lines::add));
  }

  /** Adds a line. */
  void add(String line) {
    lines.add(line);
    isUnwritten = true;
    if (clock.getAsLong() - due >= 0) {
      write();
    }
  }

  /** Writes the file, if it is not as it should be. */
  void write() {
    if (isUnwritten) {
      StringBuilder text = new StringBuilder();
      lines.forEach(line -> text.append(line).append('\n'));
      files.write(path, text.toString().getBytes(StandardCharsets.UTF_8));
      isUnwritten = false;
      due = clock.getAsLong() + PATIENCE;
    }
  }

  /** Drops the lines of rounds after {@code round}, and those that are no JSON. */
  void forgetAfter(int round) {
    isUnwritten |=
        lines.removeIf(
            line -> {
              try {
                return JSON.readTree(line).path("round").asInt() > round;
              } catch (IOException e) {
                return true;
              }
            });
  }

  /** The lines. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /**
   * The last validation's loss up to a round; NaN without one.
   *
   * @throws DataException if a line is no JSON
   */
  double heldOutLoss(int round) {
    double loss = Double.NaN;
    for (String line : lines) {
      try {
        JsonNode report = JSON.readTree(line);
        if (report.path("round").asInt() <= round) {
          loss = report.path("held_out_loss").asDouble(loss);
        }
      } catch (IOException e) {
        throw new DataException(path + ": not JSON, or damaged", e);
      }
    }
    return loss;
  }
}
