package org.rgflow.spark.run;

/**
 * What a checkpoint is worth.
 *
 * @param name of its folder
 * @param round rounds done; 0 where it cannot be read
 * @param bytes of its files; 0 where it cannot be read
 * @param heldOutLoss of its round's validation; NaN without one
 * @param damage what is wrong with it, one line; null where nothing is
 */
public record CheckpointState(
    String name, int round, long bytes, double heldOutLoss, String damage) {
  /** Whether it can be read. */
  public boolean isComplete() {
    return damage == null;
  }
}
