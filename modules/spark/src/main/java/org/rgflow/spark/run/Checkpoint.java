package org.rgflow.spark.run;

import java.util.List;
import org.rgflow.spark.model.FlowModel;

/**
 * The state between two rounds.
 *
 * @param round rounds done
 * @param model parameters and updater state
 * @param outerVelocity of the outer step; of no length if it never moved
 * @param average the moving average of the parameters
 * @param best lowest held-out loss so far, NaN before the first
 * @param heldOut losses of the validations of the phase so far
 * @param heldOutLoss of this round's validation; NaN where none was due
 * @param rollbacks of the phase behind it
 * @param astray the round that the last of them gave up, counted from 1; 0 without one
 */
public record Checkpoint(
    int round,
    FlowModel model,
    double[] outerVelocity,
    double[] average,
    double best,
    List<Double> heldOut,
    double heldOutLoss,
    int rollbacks,
    int astray) {
  /** Where the rounds of a phase begin, with an outer step at rest. */
  public static Checkpoint beginning(int round, FlowModel model, double best) {
    return new Checkpoint(
        round, model, new double[0], model.parameters(), best, List.of(), Double.NaN, 0, 0);
  }

  /** The same state with so many rollbacks behind it, the last of which gave up a round. */
  public Checkpoint after(int rollbacksBehind, int astrayRound) {
    return new Checkpoint(
        round,
        model,
        outerVelocity,
        average,
        best,
        heldOut,
        heldOutLoss,
        rollbacksBehind,
        astrayRound);
  }

  /** The model to use: with the average for its parameters. */
  public FlowModel released() {
    return model.with(average);
  }
}
