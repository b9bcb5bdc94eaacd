package org.rgflow.spark.classify;

import org.rgflow.spark.model.FlowModel;

/**
 * What is known of a class.
 *
 * @param name of the class
 * @param model of its examples
 * @param prior p(class), not normalised: a positive number
 */
public record ClassModel(String name, FlowModel model, double prior) {
  /** Checks the prior. */
  public ClassModel {
    if (!(prior > 0 && prior < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the prior of " + name + " must be positive and finite, was " + prior);
    }
  }
}
