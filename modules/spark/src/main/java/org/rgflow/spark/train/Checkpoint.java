package org.rgflow.spark.train;

import java.util.List;
import org.rgflow.spark.model.FlowModel;

/**
 * The state between two rounds.
 *
 * @param round rounds done
 * @param model parameters and updater state
 * @param outerVelocity of the outer step
 * @param average the moving average of the parameters
 * @param best lowest held-out loss so far, NaN before the first
 * @param heldOut losses of the validations of the phase so far
 */
record Checkpoint(
    int round,
    FlowModel model,
    double[] outerVelocity,
    double[] average,
    double best,
    List<Double> heldOut) {
  /** Where the rounds of a phase begin, with an outer step at rest. */
  static Checkpoint beginning(int round, FlowModel model, double best) {
    double[] parameters = model.parameters();
    return new Checkpoint(round, model, new double[parameters.length], parameters, best, List.of());
  }

  /** The model to use: with the average for its parameters. */
  FlowModel released() {
    return model.with(average);
  }
}
