package org.rgflow.spark.score;

/** Told how a scoring goes, on the driver's thread. */
public interface ScoringListener {
  /** One that does not care. */
  ScoringListener NONE = new ScoringListener() {};

  /**
   * An output of the same scores is there, and is gone on with or was finished.
   *
   * @param done examples that it has
   * @param total examples that it is of
   * @param added files that have come since it began, which it leaves out
   */
  default void resumed(long done, long total, int added) {}

  /** So many of all examples have their rows written. */
  default void chunk(long done, long total) {}
}
