package org.rgflow.flow.ode;

/** How a solve ended, and what to do about it. */
public enum Outcome {
  /** The end was reached. */
  SUCCESS("reached t = 1 within the tolerance"),
  /** The error estimate asked for a step below the smallest allowed. */
  STEP_TOO_SMALL(
      "the step fell below solver.minStep: loosen solver.rtol and solver.atol, lower"
          + " solver.minStep, or smooth the model (train.kineticWeight, train.jacobianWeight)"),
  /** Too many steps. */
  TOO_MANY_STEPS(
      "solver.maxSteps was used up: raise it, loosen solver.rtol and solver.atol, or smooth the"
          + " model (train.kineticWeight, train.jacobianWeight)"),
  /** The velocity or a rate was infinite or not a number. */
  NON_FINITE(
      "a value was not finite: lower the learning rate, clip gradients, or check the input's scale");

  private final String advice;

  Outcome(String advice) {
    this.advice = advice;
  }

  /** What happened and what to change. */
  public String advice() {
    return advice;
  }
}
