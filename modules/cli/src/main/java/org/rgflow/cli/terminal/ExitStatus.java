package org.rgflow.cli.terminal;

/** What a scheduler reads of how a command ended, beside 0, 1 for failures and 2 for bad input. */
public final class ExitStatus {
  /** Another one works on the same model, run or scores. */
  public static final int LEASE_HELD = 3;

  /** A version was published and not promoted. */
  public static final int NOT_PROMOTED = 4;

  /** Stopped; the same command goes on. */
  public static final int STOPPED = 5;

  /** New images have drifted. */
  public static final int DRIFTED = 6;

  private ExitStatus() {}
}
