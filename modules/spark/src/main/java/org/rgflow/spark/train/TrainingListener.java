package org.rgflow.spark.train;

/** Told of a run's progress, on the driver's thread; it may ask for an end. */
public interface TrainingListener {
  /** Data and model are ready. */
  default void started(TrainingStart start) {}

  /** A round is done. */
  default void round(RoundReport report) {}

  /** A checkpoint is complete; it is written beside the rounds after it. */
  default void checkpoint(int round, String path) {}

  /** A round went astray, and training goes on from a checkpoint. */
  default void rolledBack(Rollback rollback) {}

  /** Whether no further round shall begin; what is done then goes to a checkpoint. */
  default boolean isStopRequested() {
    return false;
  }
}
