package org.rgflow.spark.run;

import org.rgflow.spark.model.FlowModel;

/**
 * What a run came to.
 *
 * @param model after the last round
 * @param rounds done in all
 * @param unit of the loss
 * @param heldOutLoss of the model, exact, in {@code unit}; NaN without held-out data
 * @param best lowest held-out loss of any validation
 */
public record TrainingResult(
    FlowModel model, int rounds, String unit, double heldOutLoss, double best) {}
