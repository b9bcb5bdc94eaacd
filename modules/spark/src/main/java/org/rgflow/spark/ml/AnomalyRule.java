package org.rgflow.spark.ml;

import java.io.Serializable;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.score.Score;
import org.rgflow.spark.score.UsualScores;
import org.rgflow.spark.score.UsualScores.Distance;

/**
 * Which examples are anomalies.
 *
 * @param by what tells them
 * @param usual scores of the training rows; null if not known, and then likelihood tells
 * @param threshold of log likelihoods, below which anomalies are; of other distances, above which
 */
record AnomalyRule(Distance by, UsualScores usual, double threshold) implements Serializable {
  /** Checks that it is known what is usual. */
  AnomalyRule {
    if (by != Distance.LIKELIHOOD && usual == null) {
      throw new IllegalArgumentException(
          "anomalyBy must be likelihood unless the model was fitted with contamination and another,"
              + " was "
              + ConstantNames.of(by));
    }
  }

  /** Those of a log likelihood below a threshold. */
  static AnomalyRule below(double threshold) {
    return new AnomalyRule(Distance.LIKELIHOOD, null, threshold);
  }

  boolean isAnomaly(Score.Likelihood found) {
    return by == Distance.LIKELIHOOD
        ? found.logLikelihood() < threshold
        : usual.distance(by, found.logLikelihood(), found.levels()) > threshold;
  }
}
