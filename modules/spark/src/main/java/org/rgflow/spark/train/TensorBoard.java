package org.rgflow.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import org.rgflow.spark.run.RunFolder;

/**
 * Shows a run in TensorBoard: every number of {@code metrics.jsonl} by round, under its name there,
 * and samples.
 *
 * <p>Each start of a run has a file of its own in the folder {@code tensorboard}. Object stores
 * cannot append, so it is written whole, at every validation and at the end.
 */
public final class TensorBoard {
  /** Rounds after which the file is written though nobody asks for it. */
  private static final int PATIENCE = 20;

  /** Where a PNG's first chunk, the header, has them, big-endian. */
  private static final int PNG_WIDTH = 16;

  private static final int PNG_HEIGHT = 20;

  private final RunFolder run;
  private final String file;
  private final EventFile events;
  private int unwritten;

  /**
   * Of a start of a run, of which nothing is written yet.
   *
   * @param firstRound rounds done before
   */
  public TensorBoard(RunFolder run, int firstRound) {
    this.run = run;
    this.file =
        String.format(
            Locale.ROOT,
            "tensorboard/events.out.tfevents.%010d.after-round-%d",
            System.currentTimeMillis() / 1000,
            firstRound);
    this.events = new EventFile(firstRound + 1L);
  }

  /** Adds a round's numbers. */
  public void add(RoundReport report) {
    add("", MetricsLine.node(report), report.round());
    unwritten++;
    if (unwritten >= PATIENCE) {
      write();
    }
  }

  private void add(String prefix, JsonNode node, int round) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode value = entry.getValue();
      String tag = prefix + entry.getKey();
      if (value.isArray()) {
        for (int i = 0; i < value.size(); i++) {
          events.scalar(tag + "/" + i, value.get(i).asDouble(), round);
        }
      } else if (value.isObject()) {
        add(tag + "/", value, round);
      } else if (value.isNumber() && !tag.equals("round")) {
        events.scalar(tag, value.asDouble(), round);
      }
    }
  }

  /** Adds a picture of samples, an RGB image's PNG. */
  public void addSamples(byte[] png, int round) {
    ByteBuffer header = ByteBuffer.wrap(png);
    events.image("samples", png, header.getInt(PNG_WIDTH), header.getInt(PNG_HEIGHT), round);
    unwritten++;
  }

  /** Takes back the rounds after one, which were given up. */
  public void goBack(int round) {
    events.begin(round + 1L);
    unwritten++;
  }

  /** Writes the file, if it is not as it should be; after a validation and at the end. */
  public void write() {
    if (unwritten > 0) {
      run.write(file, events.bytes());
      unwritten = 0;
    }
  }
}
