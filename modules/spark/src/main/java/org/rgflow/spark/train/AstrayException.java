package org.rgflow.spark.train;

/** A round whose result is of no use: a value is not finite, or a gradient beyond all bounds. */
final class AstrayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int round;

  /**
   * @param round counted from 1
   */
  AstrayException(int round, String why) {
    super(why);
    this.round = round;
  }

  int round() {
    return round;
  }
}
