package org.rgflow.spark.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.rgflow.data.DataException;

/**
 * The log likelihoods that are usual of a set, in all and level by level, and how far others are
 * from them.
 *
 * <p>The likelihood alone ranks simple images first whatever they show (arXiv:1810.09136), so an
 * outlier is told by its distance from the usual, on either side, and at each scale.
 */
public final class UsualScores implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final double mean;
  private final double[] levelMeans;
  private final double[][] levelCovariance;
  private final double[] levelDeviations;

  /** Inverse covariance of the levels' log likelihoods. */
  private final double[][] precision;

  private UsualScores(double mean, double[] levelMeans, double[][] covariance) {
    this.mean = mean;
    this.levelMeans = levelMeans;
    this.levelCovariance = covariance;
    this.levelDeviations = new double[levelMeans.length];
    for (int l = 0; l < levelMeans.length; l++) {
      levelDeviations[l] = Math.sqrt(covariance[l][l]);
    }
    this.precision = inverse(covariance).getData();
  }

  /** How far an example is from the usual; the larger, the less usual. */
  public enum Distance {
    /** -log p in nats, whatever is usual. */
    LIKELIHOOD,
    /** |log p - mean| in nats (arXiv:1906.02994). */
    TYPICALITY,
    /** Root of the sum over levels of ((log p - mean)/standard deviation)^2. */
    LEVELS,
    /** Mahalanobis distance of the levels' log p, which knows how they vary together. */
    COMBINED
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
   * What is usual of scores, the same bits in whatever order and partitions they come.
   *
   * @param scores rows with the columns {@code log_likelihood} and {@code level_log_likelihood} of
   *     {@link ScoringJob#SCHEMA}; those without a score are left out
   * @param levels of the model
   * @throws DataException where they do not vary
   */
  public static UsualScores of(Dataset<Row> scores, int levels) {
    MapPartitionsFunction<Row, String> sum =
        rows -> {
          ExactCovariance ofPart = new ExactCovariance(levels + 1);
          rows.forEachRemaining(row -> ofPart.add(terms(row, levels)));
          return Collections.singleton(ofPart.packed()).iterator();
        };
    ExactCovariance found = new ExactCovariance(levels + 1);
    scores
        .select("log_likelihood", "level_log_likelihood")
        .where("log_likelihood is not null")
        .mapPartitions(sum, Encoders.STRING())
        .collectAsList()
        .forEach(found::merge);
    if (found.count() < 2) {
      throw new DataException(
          found.count() + " calibrating images with a score; allowed: at least 2");
    }
    double[] means = new double[levels];
    double[][] covariance = new double[levels][levels];
    for (int l = 0; l < levels; l++) {
      means[l] = found.mean(l + 1);
      for (int k = 0; k < levels; k++) {
        covariance[l][k] = found.covariance(l + 1, k + 1);
      }
    }
    return new UsualScores(found.mean(0), means, covariance);
  }

  /** log p, then that of each level. */
  private static double[] terms(Row row, int levels) {
    double[] terms = new double[levels + 1];
    terms[0] = row.getDouble(0);
    List<Double> ofLevels = row.getList(1);
    for (int l = 0; l < levels; l++) {
      terms[l + 1] = ofLevels.get(l);
    }
    return terms;
  }

  /** The means and covariances as JSON, exactly. */
  public JsonNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("mean", mean);
    put(json.putArray("level_means"), levelMeans);
    ArrayNode rows = json.putArray("level_covariance");
    for (double[] row : levelCovariance) {
      put(rows.addArray(), row);
    }
    return json;
  }

  private static void put(ArrayNode array, double[] values) {
    for (double value : values) {
      array.add(value);
    }
  }

  /**
   * Reads what {@link #json()} gave.
   *
   * @param name of the file, for errors
   * @throws DataException if it is anything else
   */
  public static UsualScores of(String name, JsonNode json) {
    double[] means = doubles(json.path("level_means"));
    JsonNode rows = json.path("level_covariance");
    double[][] covariance =
        IntStream.range(0, rows.size())
            .mapToObj(l -> doubles(rows.get(l)))
            .toArray(double[][]::new);
    boolean isSquare = covariance.length == means.length;
    for (double[] row : covariance) {
      isSquare &= row.length == means.length;
    }
    if (!json.path("mean").isNumber() || means.length == 0 || !isSquare) {
      throw new DataException(name + ": no calibration of scores, or damaged");
    }
    return new UsualScores(json.path("mean").asDouble(), means, covariance);
  }

  private static double[] doubles(JsonNode array) {
    return IntStream.range(0, array.size()).mapToDouble(i -> array.get(i).asDouble()).toArray();
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

  /** One of the {@link #distances}. */
  public double distance(Distance by, double logLikelihood, double[] levels) {
    double[] all = distances(logLikelihood, levels);
    return switch (by) {
      case LIKELIHOOD -> all[0];
      case TYPICALITY -> all[1];
      case LEVELS -> all[all.length - 2];
      case COMBINED -> all[all.length - 1];
    };
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
