package org.rgflow.spark.score;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.rgflow.data.DataException;

/**
 * The log likelihoods that are usual of a set, in all and level by level, and how far others are
 * from them.
 *
 * <p>The likelihood alone ranks simple images first whatever they show (arXiv:1810.09136), so an
 * outlier is told by its distance from the usual, on either side, and at each scale.
 */
final class UsualScores implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double mean;
  private final double[] levelMeans;
  private final double[] levelDeviations;

  /** Inverse covariance of the levels' log likelihoods. */
  private final double[][] precision;

  private UsualScores(double mean, double[] levelMeans, double[][] covariance) {
    this.mean = mean;
    this.levelMeans = levelMeans;
    this.levelDeviations = new double[levelMeans.length];
    for (int l = 0; l < levelMeans.length; l++) {
      levelDeviations[l] = Math.sqrt(covariance[l][l]);
    }
    this.precision = inverse(covariance).getData();
  }

  private static RealMatrix inverse(double[][] covariance) {
    try {
      return new CholeskyDecomposition(new Array2DRowRealMatrix(covariance))
          .getSolver()
          .getInverse();
    } catch (NonPositiveDefiniteMatrixException e) {
      throw new DataException(
          "the calibrating scores of "
              + covariance.length
              + " levels do not vary independently; allowed: more, and more varied, images",
          e);
    }
  }

  /**
   * What is usual of scores.
   *
   * @param scores rows of {@link ScoringJob#SCHEMA}
   * @param levels of the model
   * @throws DataException where they do not vary
   */
  static UsualScores of(Dataset<Row> scores, int levels) {
    List<Column> sums = new ArrayList<>();
    sums.add(functions.avg("log_likelihood"));
    for (int l = 0; l < levels; l++) {
      sums.add(functions.avg(level(l)));
    }
    for (int l = 0; l < levels; l++) {
      for (int k = 0; k <= l; k++) {
        sums.add(functions.covar_samp(level(l), level(k)));
      }
    }
    Row found = scores.agg(functions.count(functions.lit(1)), sums.toArray(Column[]::new)).first();
    if (found.getLong(0) < 2) {
      throw new DataException(
          found.getLong(0) + " calibrating images with a score; allowed: at least 2");
    }
    double[] means = new double[levels];
    double[][] covariance = new double[levels][levels];
    int at = 2;
    for (int l = 0; l < levels; l++) {
      means[l] = found.getDouble(at++);
    }
    for (int l = 0; l < levels; l++) {
      for (int k = 0; k <= l; k++) {
        covariance[l][k] = found.getDouble(at++);
        covariance[k][l] = covariance[l][k];
      }
    }
    return new UsualScores(found.getDouble(1), means, covariance);
  }

  private static Column level(int l) {
    return functions.col("level_log_likelihood").getItem(l);
  }

  /** What the numbers of {@link #distances} are, in their order. */
  List<String> names() {
    List<String> names = new ArrayList<>(List.of("likelihood", "typicality"));
    for (int l = 0; l < levelMeans.length; l++) {
      names.add("level " + l);
    }
    names.add("levels");
    names.add("combined");
    return names;
  }

  /**
   * How unusual an example is, each number larger for what is less usual: -log p; |log p - mean|;
   * of each level |log p - mean| in its standard deviations; the root of the sum of their squares;
   * and the levels' Mahalanobis distance, which knows how they vary together.
   */
  double[] distances(double logLikelihood, double[] levels) {
    int count = levelMeans.length;
    double[] distances = new double[count + 4];
    distances[0] = -logLikelihood;
    distances[1] = Math.abs(logLikelihood - mean);
    double squares = 0;
    double mahalanobis = 0;
    for (int l = 0; l < count; l++) {
      double deviation = levels[l] - levelMeans[l];
      distances[2 + l] = Math.abs(deviation) / levelDeviations[l];
      squares += distances[2 + l] * distances[2 + l];
      for (int k = 0; k < count; k++) {
        mahalanobis += deviation * precision[l][k] * (levels[k] - levelMeans[k]);
      }
    }
    distances[count + 2] = Math.sqrt(squares);
    distances[count + 3] = Math.sqrt(Math.max(0, mahalanobis));
    return distances;
  }
}
