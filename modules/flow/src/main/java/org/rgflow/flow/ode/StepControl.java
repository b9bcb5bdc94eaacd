package org.rgflow.flow.ode;

/**
 * Chooses the steps of an adaptive method from its error norms.
 *
 * <p>The next step is {@code h * clamp(0.9 * norm^(-1/order), 0.2, 10)}; a step is accepted where
 * the norm is at most 1 (Hairer, Norsett, Wanner, Solving ODE I, II.4).
 */
public final class StepControl {
  private static final double SAFETY = 0.9;
  private static final double SHRINK = 0.2;
  private static final double GROW = 10;

  private final SolverConfig config;
  private final int level;
  private double step;
  private int taken;

  /** Starts with {@code firstStep}, a positive length. */
  public StepControl(SolverConfig config, int level, double firstStep) {
    this.config = config;
    this.level = level;
    this.step = Math.min(Math.max(firstStep, config.minStep()), config.maxStep());
  }

  /**
   * Length of the step to try, at most what is left.
   *
   * @param time where it begins
   * @throws SolveException when as many were tried as are allowed
   */
  public double next(double time, double left) {
    if (taken == config.maxSteps()) {
      throw new SolveException(Outcome.TOO_MANY_STEPS, level, time, 0);
    }
    return Math.min(step, left);
  }

  /**
   * Decides on a step.
   *
   * @param time where the step began
   * @param length of the step tried
   * @param norm of its error, 1 being the tolerance
   * @return whether it is accepted
   * @throws SolveException when no shorter step is allowed
   */
  public boolean accept(double time, double length, double norm) {
    taken++;
    if (!Double.isFinite(norm)) {
      throw new SolveException(Outcome.NON_FINITE, level, time, 0);
    }
    boolean accepted = norm <= 1;
    double factor =
        norm == 0 ? GROW : SAFETY * Math.pow(norm, -1.0 / config.method().tableau().order());
    double limit = accepted ? GROW : 1;
    step = Math.min(length * Math.min(Math.max(factor, SHRINK), limit), config.maxStep());
    if (!accepted && step < config.minStep()) {
      throw new SolveException(Outcome.STEP_TOO_SMALL, level, time, 0);
    }
    step = Math.max(step, config.minStep());
    return accepted;
  }
}
