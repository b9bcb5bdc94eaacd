package org.rgflow.spark.score;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.rgflow.spark.ingest.DecodedExample;

/**
 * The rows of a partition, in the order of its examples, scored a batch at a time.
 *
 * @param <T> what holds an example
 */
public final class ScoredRows<T> implements Iterator<Row> {
  private final Iterator<T> sources;
  private final Function<T, DecodedExample> decode;
  private final ExampleScorer.Open scorer;
  private final BiFunction<T, Score, Row> toRow;
  private Iterator<Row> ready = Collections.emptyIterator();

  private ScoredRows(
      Iterator<T> sources,
      Function<T, DecodedExample> decode,
      ExampleScorer.Open scorer,
      BiFunction<T, Score, Row> toRow) {
    this.sources = sources;
    this.decode = decode;
    this.scorer = scorer;
    this.toRow = toRow;
  }

  /**
   * The rows of this task, at whose end the buffers are freed.
   *
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
    return new ScoredRows<>(sources, decode, open, toRow);
  }

  @Override
  public boolean hasNext() {
    if (!ready.hasNext() && sources.hasNext()) {
      ready = scoreNextBatch().iterator();
    }
    return ready.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all examples are scored");
    }
    return ready.next();
  }

  private List<Row> scoreNextBatch() {
    List<T> batch = new ArrayList<>();
    List<DecodedExample> examples = new ArrayList<>();
    while (batch.size() < scorer.batch() && sources.hasNext()) {
      T source = sources.next();
      batch.add(source);
      examples.add(decode.apply(source));
    }
    List<Score> scores = scorer.score(examples);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      rows.add(toRow.apply(batch.get(i), scores.get(i)));
    }
    return rows;
  }
}
