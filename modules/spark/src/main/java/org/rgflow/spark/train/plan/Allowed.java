package org.rgflow.spark.train.plan;

/** What values of {@code train.*} may be, in one line where they are not. */
final class Allowed {
  private Allowed() {}

  static void range(String key, int value, int least, int most) {
    require(
        value >= least && value <= most,
        key + " must be in [" + least + ", " + most + "], was " + value);
  }

  static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException("train." + message);
    }
  }
}
