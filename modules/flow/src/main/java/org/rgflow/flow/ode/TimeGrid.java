package org.rgflow.flow.ode;

/**
 * The nodes of a fixed grid over [0, 1], 0 where the data is:
 *
 * <pre>
 *   t_0 = 0,  t_n = ((n + s) / N)^p for 0 &lt; n &lt; N,  t_N = 1
 * </pre>
 *
 * <p>Graded by p above 1, steps are shorter towards the data, where a flow of quantised pixels
 * changes fastest.
 *
 * <p>A training that always solves on one grid learns where its nodes are: the divergence grows
 * there, and nothing holds it between them. With s drawn anew for every batch, uniform in [-1/2,
 * 1/2), the inner nodes together have no place of their own (after Cranley and Patterson 1976);
 * steps are as many.
 *
 * @param steps N, at least 1
 * @param grading p, at least 1; steps are equal at 1
 * @param shift s, in [-1/2, 1/2]; of one step without effect
 */
public record TimeGrid(int steps, double grading, double shift) {
  /** Checks all. */
  public TimeGrid {
    if (steps < 1) {
      throw new IllegalArgumentException("a grid has at least 1 step, had " + steps);
    }
    if (!(grading >= 1)) {
      throw new IllegalArgumentException("a grid's grading must be at least 1, was " + grading);
    }
    if (!(Math.abs(shift) <= 0.5)) {
      throw new IllegalArgumentException(
          "a grid's shift must be in [-0.5, 0.5] steps, was " + shift);
    }
  }

  /**
   * A node.
   *
   * @param n counted from 0 at the data
   */
  public double node(int n) {
    if (n == 0 || n == steps) {
      return n == 0 ? 0 : 1;
    }
    double even = (n + shift) / steps;
    return grading == 1 ? even : Math.pow(even, grading);
  }

  /** The length of the step between a node and the next: the same bits where all are equal. */
  public double length(int n) {
    return grading == 1 && shift == 0 ? 1.0 / steps : node(n + 1) - node(n);
  }
}
