package org.rgflow.spark.score;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.PixelTransform;
import org.rgflow.data.Shape;
import org.rgflow.flow.Flow;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.ingest.DecodedExample;
import org.rgflow.spark.model.BatchScorer;

/** The rows of a partition, in the order of its examples, scored a batch at a time. */
final class ScoredRows implements Iterator<Row>, AutoCloseable {
  private final Iterator<DecodedExample> examples;
  private final BatchScorer scorer;
  private final Shape shape;
  private final boolean isOfPixels;
  private final int draws;
  private final Flow flow;
  private Iterator<Row> ready = Collections.emptyIterator();

  /**
   * @param shape of the model's examples
   * @param isOfPixels whether the model is of pixels, not of real values
   */
  ScoredRows(
      Iterator<DecodedExample> examples,
      BatchScorer scorer,
      double[] parameters,
      Shape shape,
      boolean isOfPixels,
      int draws) {
    // Spark gives a task one core, and runs as many tasks as there are
    Nd4j.getEnvironment().setMaxThreads(1);
    this.examples = examples;
    this.scorer = scorer.onThisMachine(parameters);
    this.shape = shape;
    this.isOfPixels = isOfPixels;
    this.draws = draws;
    this.flow = this.scorer.open(parameters);
  }

  @Override
  public boolean hasNext() {
    if (!ready.hasNext() && examples.hasNext()) {
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
    List<Row> rows = new ArrayList<>();
    List<Example> batch = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    while (rows.size() < scorer.batch() && examples.hasNext()) {
      DecodedExample decoded = examples.next();
      try {
        batch.add(scorable(decoded));
        places.add(rows.size());
        rows.add(null);
      } catch (DataException e) {
        rows.add(failed(decoded.key(), e.getMessage()));
      }
    }
    List<Row> scored = batch.isEmpty() ? List.of() : score(batch);
    for (int i = 0; i < places.size(); i++) {
      rows.set(places.get(i), scored.get(i));
    }
    return rows;
  }

  /** The example, if it is one of the model's; D values of no known grid take the model's. */
  private Example scorable(DecodedExample decoded) {
    if (decoded.error() != null) {
      throw new DataException(decoded.error());
    }
    Example example = decoded.example();
    if (example.isPixels() != isOfPixels) {
      throw new DataException(
          example + "; allowed: " + (isOfPixels ? "pixels" : "real values") + ", as in training");
    }
    if (!isOfPixels && example.geometry().equals(new Shape(1, shape.dimensions()))) {
      return Example.ofValues(example.key(), shape, example.values());
    }
    example.geometry().requireSame(example.key(), shape);
    return example;
  }

  /** A solve fails for the whole batch; then each example is solved alone, to find the guilty. */
  private List<Row> score(List<Example> batch) {
    try {
      double[] logLikelihood = logMeanOverDraws(batch);
      List<Row> rows = new ArrayList<>();
      for (int n = 0; n < logLikelihood.length; n++) {
        rows.add(row(batch.get(n), logLikelihood[n]));
      }
      return rows;
    } catch (SolveException e) {
      return batch.size() == 1
          ? List.of(failed(batch.get(0).key(), e.getMessage()))
          : batch.stream().flatMap(example -> score(List.of(example)).stream()).toList();
    }
  }

  /** log of the mean over draws of p(x), in nats. */
  private double[] logMeanOverDraws(List<Example> batch) {
    double[][] logs = new double[batch.size()][draws];
    for (int draw = 0; draw < draws; draw++) {
      double[] one = scorer.logProb(flow, batch, draw);
      for (int n = 0; n < one.length; n++) {
        logs[n][draw] = one[n];
      }
    }
    double[] means = new double[batch.size()];
    for (int n = 0; n < means.length; n++) {
      means[n] = logMeanExp(logs[n]);
    }
    return means;
  }

  /** log(mean(exp(logs))), shifted by the largest so that nothing overflows. */
  static double logMeanExp(double[] logs) {
    double largest = logs[0];
    for (double log : logs) {
      largest = Math.max(largest, log);
    }
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double log : logs) {
      sum += StrictMath.exp(log - largest);
    }
    return largest + StrictMath.log(sum / logs.length);
  }

  private Row row(Example example, double logLikelihood) {
    if (!Double.isFinite(logLikelihood)) {
      return failed(
          example.key(),
          example.key() + ": log likelihood is " + logLikelihood + "; allowed: finite");
    }
    int dimensions = example.dimensions();
    return isOfPixels
        ? RowFactory.create(
            example.key(),
            logLikelihood,
            PixelTransform.bitsPerDim(logLikelihood, 0, dimensions),
            null,
            null)
        : RowFactory.create(
            example.key(),
            logLikelihood,
            null,
            PixelTransform.natsPerDim(logLikelihood, dimensions),
            null);
  }

  private static Row failed(String key, String error) {
    return RowFactory.create(key, null, null, null, error);
  }

  @Override
  public void close() {
    flow.close();
  }
}
