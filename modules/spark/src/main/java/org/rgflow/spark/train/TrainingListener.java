package org.rgflow.spark.train;

/** Told of a run's progress, on the driver's thread. */
public interface TrainingListener {
  /** Data and model are ready. */
  void started(TrainingStart start);

  /** A round is done. */
  void round(RoundReport report);

  /** A checkpoint is complete. */
  void checkpoint(int round, String path);
}
