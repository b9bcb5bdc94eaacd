package org.rgflow.spark.train;

/** Told of a run's progress, on the driver's thread. */
public interface TrainingListener {
  /** Data and model are ready. */
  default void started(TrainingStart start) {}

  /** A round is done. */
  default void round(RoundReport report) {}

  /** A checkpoint is complete. */
  default void checkpoint(int round, String path) {}
}
