package org.rgflow.cli.machine;

/**
 * What a check has found, in one line.
 *
 * @param subject what was looked at
 * @param what was seen
 * @param remedy what to change; empty where all is well
 */
public record Finding(Verdict verdict, String subject, String what, String remedy) {
  /** What it means for the work. */
  public enum Verdict {
    /** Nothing to do. */
    OK,
    /** The work is done, slower or with less certainty. */
    WARNING,
    /** The work will fail. */
    FAILURE
  }

  static Finding ok(String subject, String what) {
    return new Finding(Verdict.OK, subject, what, "");
  }

  static Finding warning(String subject, String what, String remedy) {
    return new Finding(Verdict.WARNING, subject, what, remedy);
  }

  static Finding failure(String subject, String what, String remedy) {
    return new Finding(Verdict.FAILURE, subject, what, remedy);
  }
}
