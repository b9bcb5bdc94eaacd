package org.rgflow.spark.classify;

import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ScoringConfig;

/**
 * What is known of a class.
 *
 * @param name of the class
 * @param model of its examples
 * @param prior p(class), not normalised: a positive number
 * @param scoring how the model scores
 */
public record ClassModel(String name, FlowModel model, double prior, ScoringConfig scoring) {
  /** Checks the prior. */
  public ClassModel {
    if (!(prior > 0 && prior < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the prior of " + name + " must be positive and finite, was " + prior);
    }
  }
}
