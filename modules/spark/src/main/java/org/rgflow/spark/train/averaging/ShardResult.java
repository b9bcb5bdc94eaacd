package org.rgflow.spark.train.averaging;

import java.io.Serializable;
import java.util.Arrays;
import org.rgflow.flow.Loss;

/** What a shard's task has to say: sums over its batches. */
public final class ShardResult implements Serializable {
  private static final long serialVersionUID = 1L;

  private int shard;
  private long examples;
  private double negativeLogDensity;
  private double kinetic;
  private double jacobian;
  private double[] levelLosses = new double[0];
  private double[] gradientNorms = new double[0];
  private String failure;
  private String executor;
  private double seconds;

  /** For deserialisation. */
  ShardResult() {}

  /**
   * @param executor where its task runs
   */
  public ShardResult(int shard, String executor) {
    this.shard = shard;
    this.executor = executor;
  }

  /** Adds a batch of flow matching; its means become sums over examples. */
  void addMatching(double[] losses, int batch) {
    examples += batch;
    levelLosses = Arrays.copyOf(levelLosses, losses.length);
    for (int l = 0; l < losses.length; l++) {
      levelLosses[l] += losses[l] * batch;
    }
  }

  /** Adds a batch of likelihoods; its means become sums over examples. */
  public void add(Loss loss, double logDetTransform, int batch) {
    add(loss.main() * batch - logDetTransform, loss, batch);
  }

  /** Adds a batch of an energy: of its bound, which is of -log Z as the other is of -log p. */
  void addEnergy(Loss loss, int batch) {
    add(loss.bound() * batch, loss, batch);
  }

  private void add(double negative, Loss loss, int batch) {
    examples += batch;
    negativeLogDensity += negative;
    kinetic += loss.kinetic() * batch;
    jacobian += loss.jacobian() * batch;
  }

  /** Notes the norm of a batch's gradient. */
  void addGradientNorm(double norm) {
    gradientNorms = Arrays.copyOf(gradientNorms, gradientNorms.length + 1);
    // what is no number is beyond all numbers here
    gradientNorms[gradientNorms.length - 1] = Double.isNaN(norm) ? Double.POSITIVE_INFINITY : norm;
  }

  /** Notes why its steps came to no end. */
  void fail(String why) {
    this.failure = why;
  }

  /** Notes the time that its task took. */
  public void finish(double taskSeconds) {
    this.seconds = taskSeconds;
  }

  /** Its number. */
  public int shard() {
    return shard;
  }

  /** Examples that its steps saw. */
  public long examples() {
    return examples;
  }

  /** Sum over examples of -log p of the data itself, or of an energy's bound, nats. */
  public double negativeLogDensity() {
    return negativeLogDensity;
  }

  /** Sum over examples of each level's loss of flow matching; empty for likelihoods. */
  public double[] levelLosses() {
    return levelLosses;
  }

  /** Largest L2 norm of a batch's mean gradient; NaN where none is known. */
  public double gradientNorm() {
    return Arrays.stream(gradientNorms).max().orElse(Double.NaN);
  }

  /** The L2 norm that half of the batches' mean gradients are at or below; NaN of none. */
  public double medianGradientNorm() {
    double[] sorted = gradientNorms.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? Double.NaN : sorted[(sorted.length - 1) / 2];
  }

  /** Why its steps came to no end; null where they did. */
  public String failure() {
    return failure;
  }

  /** Where its task ran. */
  String executor() {
    return executor;
  }

  /** Sum of K over examples. */
  public double kinetic() {
    return kinetic;
  }

  /** Sum of F over examples. */
  public double jacobian() {
    return jacobian;
  }

  double seconds() {
    return seconds;
  }
}
