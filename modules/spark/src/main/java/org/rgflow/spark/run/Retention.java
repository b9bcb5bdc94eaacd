package org.rgflow.spark.run;

/**
 * Which checkpoints of a run stay: beside these always the one with the lowest held-out loss.
 *
 * @param newest so many of the newest, at least 1
 * @param every those of rounds that it divides, for good; 0 for none
 */
public record Retention(int newest, int every) {
  /** Checks the numbers. */
  public Retention {
    if (newest < 1) {
      throw new IllegalArgumentException("train.keepCheckpoints must be at least 1, was " + newest);
    }
    if (every < 0) {
      throw new IllegalArgumentException("train.keepEvery must be at least 0, was " + every);
    }
  }

  /** All of them. */
  public static Retention all() {
    return newest(Integer.MAX_VALUE);
  }

  /** The newest alone. */
  public static Retention newest(int newest) {
    return new Retention(newest, 0);
  }

  boolean keepsForGood(int round) {
    return every > 0 && round % every == 0;
  }
}
