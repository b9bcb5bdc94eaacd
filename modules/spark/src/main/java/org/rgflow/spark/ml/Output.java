package org.rgflow.spark.ml;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.rgflow.spark.score.ExampleScorer;
import org.rgflow.spark.score.Score;

/** What can be added to a row: a column that a Param names, or an empty name turns off. */
enum Output {
  LOG_LIKELIHOOD("logLikelihood", "logLikelihood", DataTypes.DoubleType, "log likelihood in nats"),
  BITS_PER_DIM(
      "bitsPerDim", "bitsPerDim", DataTypes.DoubleType, "bits/dim of pixels, null of real values"),
  LEVEL_LOG_LIKELIHOOD(
      "levelLogLikelihood",
      "levelLogLikelihood",
      DataTypes.createArrayType(DataTypes.DoubleType),
      "log likelihood of each level, the finest first, in nats (array)"),
  LATENT(
      "latent", "latent", SQLDataTypes.VectorType(), "latents, (C, sites), the finest level first"),
  SOLVER_ERROR(
      "solverError",
      "solverError",
      DataTypes.DoubleType,
      "difference to a solve on twice the step, in nats, at half the cost again"),
  STATUS("status", "status", DataTypes.StringType, "ok, or what is wrong and what to change"),
  PREDICTION(
      "prediction",
      "anomaly",
      DataTypes.DoubleType,
      "1 below the threshold of log likelihoods, or above that of what anomalyBy says, else 0");

  private final String stem;
  private final String fallback;
  private final DataType type;
  private final String meaning;

  Output(String stem, String fallback, DataType type, String meaning) {
    this.stem = stem;
    this.fallback = fallback;
    this.type = type;
    this.meaning = meaning;
  }

  DataType type() {
    return type;
  }

  /** Name of the column unless a Param says another. */
  String fallback() {
    return fallback;
  }

  /** The Param of a stage that names the column. */
  Param<String> param(Params stage) {
    return new Param<>(
        stage, stem + "Col", "output column name, empty for no such column: " + meaning);
  }

  /**
   * The column's value, null of an example without a likelihood.
   *
   * @param rule of anomalies; null only where there is no prediction
   */
  Object of(Score score, ExampleScorer scorer, AnomalyRule rule) {
    Score.Likelihood found = score.likelihood();
    if (found == null) {
      return this == STATUS ? score.status() : null;
    }
    return switch (this) {
      case LOG_LIKELIHOOD -> found.logLikelihood();
      case BITS_PER_DIM -> scorer.isOfPixels() ? scorer.perDimension(found.logLikelihood()) : null;
      case LEVEL_LOG_LIKELIHOOD -> found.levels();
      case LATENT -> Vectors.dense(found.latents());
      case SOLVER_ERROR -> Double.isNaN(found.solverError()) ? null : found.solverError();
      case PREDICTION -> rule.isAnomaly(found) ? 1.0 : 0.0;
      case STATUS -> score.status();
    };
  }
}
