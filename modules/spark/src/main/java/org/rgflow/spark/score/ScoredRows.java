package org.rgflow.spark.score;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.rgflow.spark.BatchIterator;
import org.rgflow.spark.ingest.DecodedExample;

/** The rows of a partition, in the order of its examples, scored a batch at a time. */
public final class ScoredRows {
  private ScoredRows() {}

  /**
   * The rows of this task, at whose end the buffers are freed.
   *
   * @param <T> what holds an example
   * @param toRow makes the row of a source and its score
   */
  public static <T> Iterator<Row> inTask(
      Iterator<T> sources,
      Function<T, DecodedExample> decode,
      ExampleScorer scorer,
      double[] parameters,
      BiFunction<T, Score, Row> toRow) {
    if (!sources.hasNext()) {
      return Collections.emptyIterator();
    }
    ExampleScorer.Open open = scorer.open(parameters);
    TaskCompletionListener close = context -> open.close();
    TaskContext.get().addTaskCompletionListener(close);
    return new BatchIterator<>(
        sources,
        open.batch(),
        batch -> {
          List<Score> scores = open.score(batch.stream().map(decode).toList());
          List<Row> rows = new ArrayList<>();
          for (int i = 0; i < scores.size(); i++) {
            rows.add(toRow.apply(batch.get(i), scores.get(i)));
          }
          return rows;
        });
  }
}
