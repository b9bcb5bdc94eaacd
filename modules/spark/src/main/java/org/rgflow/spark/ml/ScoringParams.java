package org.rgflow.spark.ml;

import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.score.UsualScores;

/**
 * What an estimator hands on to its model: the columns, and how they are scored.
 *
 * @param <T> the stage
 */
public interface ScoringParams<T extends ScoringParams<T>> extends Chained<T> {
  default Param<String> featuresCol() {
    return new Param<>(
        this,
        "featuresCol",
        "features column name: array<float>, array<double>, vector, image, or binary of PNG or"
            + " JPEG");
  }

  default String getFeaturesCol() {
    return getOrDefault(featuresCol());
  }

  default T setFeaturesCol(String value) {
    return with(featuresCol(), value);
  }

  default Param<String> keyCol() {
    return new Param<>(
        this,
        "keyCol",
        "column of the examples' names, which key their noise; empty for a digest of the content");
  }

  default String getKeyCol() {
    return getOrDefault(keyCol());
  }

  default T setKeyCol(String value) {
    return with(keyCol(), value);
  }

  default Param<String> labelCol() {
    return new Param<>(
        this,
        "labelCol",
        "label column name, of strings or whole numbers: the classes of examples, where the model"
            + " has classes; empty for none");
  }

  default String getLabelCol() {
    return getOrDefault(labelCol());
  }

  default T setLabelCol(String value) {
    return with(labelCol(), value);
  }

  default IntParam channels() {
    return new IntParam(
        this,
        "channels",
        "channels that encoded images are converted to: 1, 3, or 0 for what they have",
        ParamValidators.inArray(List.of(0, 1, 3)));
  }

  default int getChannels() {
    return (int) getOrDefault(channels());
  }

  default T setChannels(int value) {
    return with(channels(), value);
  }

  default Param<String> logLikelihoodCol() {
    return Output.LOG_LIKELIHOOD.param(this);
  }

  default String getLogLikelihoodCol() {
    return getOrDefault(logLikelihoodCol());
  }

  default T setLogLikelihoodCol(String value) {
    return with(logLikelihoodCol(), value);
  }

  default Param<String> bitsPerDimCol() {
    return Output.BITS_PER_DIM.param(this);
  }

  default String getBitsPerDimCol() {
    return getOrDefault(bitsPerDimCol());
  }

  default T setBitsPerDimCol(String value) {
    return with(bitsPerDimCol(), value);
  }

  default Param<String> levelLogLikelihoodCol() {
    return Output.LEVEL_LOG_LIKELIHOOD.param(this);
  }

  default String getLevelLogLikelihoodCol() {
    return getOrDefault(levelLogLikelihoodCol());
  }

  default T setLevelLogLikelihoodCol(String value) {
    return with(levelLogLikelihoodCol(), value);
  }

  default Param<String> latentCol() {
    return Output.LATENT.param(this);
  }

  default String getLatentCol() {
    return getOrDefault(latentCol());
  }

  default T setLatentCol(String value) {
    return with(latentCol(), value);
  }

  default Param<String> solverErrorCol() {
    return Output.SOLVER_ERROR.param(this);
  }

  default String getSolverErrorCol() {
    return getOrDefault(solverErrorCol());
  }

  default T setSolverErrorCol(String value) {
    return with(solverErrorCol(), value);
  }

  default Param<String> statusCol() {
    return Output.STATUS.param(this);
  }

  default String getStatusCol() {
    return getOrDefault(statusCol());
  }

  default T setStatusCol(String value) {
    return with(statusCol(), value);
  }

  default Param<String> predictionCol() {
    return Output.PREDICTION.param(this);
  }

  default String getPredictionCol() {
    return getOrDefault(predictionCol());
  }

  default T setPredictionCol(String value) {
    return with(predictionCol(), value);
  }

  default Param<String> anomalyBy() {
    List<String> allowed = ConstantNames.all(UsualScores.Distance.class);
    return new Param<>(
        this,
        "anomalyBy",
        "what tells anomalies, one of "
            + String.join(", ", allowed)
            + ": a log likelihood below the threshold; or, above it, its distance from the training"
            + " rows' mean, the root of the sum of squares of each level's in standard deviations,"
            + " or the levels' Mahalanobis distance",
        ParamValidators.inArray(allowed));
  }

  default String getAnomalyBy() {
    return getOrDefault(anomalyBy());
  }

  default T setAnomalyBy(String value) {
    return with(anomalyBy(), value);
  }

  default IntParam draws() {
    return new IntParam(
        this,
        "draws",
        "dequantisations of an image, averaged in probability (>= 1)",
        ParamValidators.inRange(1, 10_000));
  }

  default int getDraws() {
    return (int) getOrDefault(draws());
  }

  default T setDraws(int value) {
    return with(draws(), value);
  }

  default IntParam scoreSteps() {
    return new IntParam(
        this,
        "scoreSteps",
        "steps of a level when scoring; 0 for half the step of training (>= 0)",
        ParamValidators.inRange(0, 100_000));
  }

  default int getScoreSteps() {
    return (int) getOrDefault(scoreSteps());
  }

  default T setScoreSteps(int value) {
    return with(scoreSteps(), value);
  }

  default DoubleParam maxSolverError() {
    return new DoubleParam(
        this,
        "maxSolverError",
        "solver error in bits/dim, or nats/dim of real values, past which the status is not ok"
            + " (> 0)",
        ParamValidators.gt(0));
  }

  default double getMaxSolverError() {
    return (double) getOrDefault(maxSolverError());
  }

  default T setMaxSolverError(double value) {
    return with(maxSolverError(), value);
  }

  default LongParam seed() {
    return new LongParam(this, "seed", "random seed");
  }

  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  default T setSeed(long value) {
    return with(seed(), value);
  }
}
