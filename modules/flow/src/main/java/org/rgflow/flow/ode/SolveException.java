package org.rgflow.flow.ode;

/** A solve that did not reach its end; the message names level, time and stage. */
public final class SolveException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Outcome outcome;

  /**
   * @param level counted from 0, the finest
   * @param stage of the Runge-Kutta method, counted from 0
   */
  public SolveException(Outcome outcome, int level, double time, int stage) {
    super("level " + level + ", t = " + time + ", stage " + stage + ": " + outcome.advice());
    this.outcome = outcome;
  }

  /** How the solve ended. */
  public Outcome outcome() {
    return outcome;
  }
}
