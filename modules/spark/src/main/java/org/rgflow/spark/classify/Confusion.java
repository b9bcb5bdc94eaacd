package org.rgflow.spark.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How often each class was told for each, of examples whose class is known.
 *
 * @param classes names
 * @param counts [class it is][class told]
 * @param errors examples that no class was told of, which count as wrong
 */
public record Confusion(List<String> classes, long[][] counts, long errors) {
  /** Of a table with columns {@code truth} and {@code class}, null where there is an error. */
  public static Confusion of(Dataset<Row> told, List<String> classes) {
    long[][] counts = new long[classes.size()][classes.size()];
    long errors = 0;
    for (Row row : told.groupBy("truth", "class").count().collectAsList()) {
      if (row.isNullAt(1)) {
        errors += row.getLong(2);
      } else {
        counts[classes.indexOf(row.getString(0))][classes.indexOf(row.getString(1))] +=
            row.getLong(2);
      }
    }
    return new Confusion(List.copyOf(classes), counts, errors);
  }

  /** Examples told right. */
  public long right() {
    long right = 0;
    for (int c = 0; c < counts.length; c++) {
      right += counts[c][c];
    }
    return right;
  }

  /** All examples. */
  public long examples() {
    long examples = errors;
    for (long[] row : counts) {
      for (long count : row) {
        examples += count;
      }
    }
    return examples;
  }

  /** Of the share told right: (p (1 - p) / n)^(1/2). */
  public double standardError() {
    double share = (double) right() / examples();
    return Math.sqrt(share * (1 - share) / examples());
  }

  /** A table, a row to each class, and the share told right. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    int width = Math.max(6, classes.stream().mapToInt(String::length).max().orElse(0) + 1);
    StringBuilder header = new StringBuilder(padded("is", width));
    classes.forEach(name -> header.append(padded(name, width)));
    lines.add(header.toString());
    for (int c = 0; c < counts.length; c++) {
      StringBuilder line = new StringBuilder(padded(classes.get(c), width));
      for (long count : counts[c]) {
        line.append(padded(count == 0 ? "." : Long.toString(count), width));
      }
      lines.add(line.toString());
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "right   %,d of %,d: %.2f %%, standard error %.2f %%",
            right(),
            examples(),
            100.0 * right() / examples(),
            100 * standardError()));
    return lines;
  }

  private static String padded(String text, int width) {
    return String.format(Locale.ROOT, "%" + width + "s", text);
  }
}
