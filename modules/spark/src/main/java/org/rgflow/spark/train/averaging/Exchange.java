package org.rgflow.spark.train.averaging;

/**
 * The time that parameters and updater state take between driver and tasks.
 *
 * @param broadcastSeconds to hand them out, on the driver
 * @param averageSeconds from the last shard's result to the new parameters on the driver
 */
public record Exchange(double broadcastSeconds, double averageSeconds) {
  /** Both together. */
  public double seconds() {
    return broadcastSeconds + averageSeconds;
  }
}
