package org.rgflow.flow.ode;

import java.io.Serializable;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * How each level is integrated over t in [0, 1].
 *
 * @param method Runge-Kutta method
 * @param steps of a fixed grid; ignored by adaptive methods
 * @param grading of a fixed grid, 1 for equal steps, see {@link TimeGrid}
 * @param relativeTolerance of adaptive methods
 * @param absoluteTolerance of adaptive methods
 * @param minStep smallest step an adaptive method may need
 * @param maxStep largest step an adaptive method may take
 * @param maxSteps accepted and rejected steps of an adaptive method
 */
public record SolverConfig(
    Method method,
    int steps,
    double grading,
    double relativeTolerance,
    double absoluteTolerance,
    double minStep,
    double maxStep,
    int maxSteps)
    implements Serializable {
  /**
   * What a model is trained with unless asked otherwise: of images the error of four steps after
   * flow matching is half that of equal ones, and that of eight after likelihood a quarter.
   */
  public static final double USUAL_GRADING = 1.5;

  /** Those of 64 steps of rk4: where there are more, all are computed anew for every slice. */
  private static final int KEPT_TIMES = 129;

  /** An adaptive solve hardly comes to the same time twice. */
  private static final int KEPT_ADAPTIVE_TIMES = 64;

  /** Checks every value. */
  public SolverConfig {
    require(steps >= 1 && steps <= 100_000, "solver.steps must be in [1, 100000], was " + steps);
    require(grading >= 1 && grading <= 10, "solver.grading must be in [1, 10], was " + grading);
    require(
        relativeTolerance > 0 && relativeTolerance < 1,
        "solver.rtol must be in (0, 1), was " + relativeTolerance);
    require(
        absoluteTolerance > 0 && absoluteTolerance < 1,
        "solver.atol must be in (0, 1), was " + absoluteTolerance);
    require(minStep > 0 && minStep <= 1, "solver.minStep must be in (0, 1], was " + minStep);
    require(
        maxStep >= minStep && maxStep <= 1,
        "solver.maxStep must be in [solver.minStep, 1], was " + maxStep);
    require(maxSteps >= 1, "solver.maxSteps must be at least 1, was " + maxSteps);
  }

  /** Of equal steps, where the method has a fixed grid. */
  public SolverConfig(
      Method method,
      int steps,
      double relativeTolerance,
      double absoluteTolerance,
      double minStep,
      double maxStep,
      int maxSteps) {
    this(method, steps, 1, relativeTolerance, absoluteTolerance, minStep, maxStep, maxSteps);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Different times worth remembering: those of a fixed grid, within reason. */
  public int evaluationTimes() {
    if (method.isAdaptive()) {
      return KEPT_ADAPTIVE_TIMES;
    }
    Tableau tableau = method.tableau();
    long perStep = IntStream.range(0, tableau.stages()).mapToDouble(tableau::c).distinct().count();
    return (int) Math.min(KEPT_TIMES, steps * perStep + 1);
  }

  /**
   * Evaluations of the velocity by which so many ODEs are solved, stages times steps of each; empty
   * for adaptive methods, which take as many as their tolerances need.
   */
  public OptionalLong evaluations(int odes) {
    return method.isAdaptive()
        ? OptionalLong.empty()
        : OptionalLong.of((long) method.tableau().stages() * steps * odes);
  }

  /**
   * The nodes of a fixed grid.
   *
   * @param shift of its inner nodes, see {@link TimeGrid}
   */
  public TimeGrid grid(double shift) {
    return new TimeGrid(steps, grading, shift);
  }

  /** The same but for the grading of a fixed grid. */
  public SolverConfig withGrading(double other) {
    return new SolverConfig(
        method, steps, other, relativeTolerance, absoluteTolerance, minStep, maxStep, maxSteps);
  }

  /** The same but for the steps of a fixed grid. */
  public SolverConfig withSteps(int other) {
    return new SolverConfig(
        method, other, grading, relativeTolerance, absoluteTolerance, minStep, maxStep, maxSteps);
  }

  /** The same but for the tolerances of adaptive methods. */
  public SolverConfig withTolerances(double relative, double absolute) {
    return new SolverConfig(method, steps, grading, relative, absolute, minStep, maxStep, maxSteps);
  }

  /** The same method with half the step, or a tenth of the tolerances. */
  public SolverConfig finer() {
    return method.isAdaptive()
        ? withTolerances(relativeTolerance / 10, absoluteTolerance / 10)
        : withSteps(2 * steps);
  }

  /**
   * The same method with twice the step, of an odd number of steps a little less, or ten times the
   * tolerances: the solve to compare with where this one is the {@link #finer()}.
   *
   * @throws IllegalArgumentException where there is none
   */
  public SolverConfig coarser() {
    if (method.isAdaptive()) {
      require(
          relativeTolerance < 0.1 && absoluteTolerance < 0.1,
          "a coarser solve needs solver.rtol and solver.atol below 0.1, were "
              + relativeTolerance
              + " and "
              + absoluteTolerance);
      return withTolerances(relativeTolerance * 10, absoluteTolerance * 10);
    }
    require(steps >= 2, "a coarser solve needs solver.steps of at least 2, was " + steps);
    return withSteps((steps + 1) / 2);
  }

  /** A fixed grid of equal steps. */
  public static SolverConfig fixed(Method method, int steps) {
    return new SolverConfig(method, steps, 1e-5, 1e-7, 1e-6, 1, 10_000);
  }

  /** An adaptive method with its tolerances. */
  public static SolverConfig adaptive(Method method, double rtol, double atol) {
    return new SolverConfig(method, 4, rtol, atol, 1e-8, 1, 100_000);
  }
}
