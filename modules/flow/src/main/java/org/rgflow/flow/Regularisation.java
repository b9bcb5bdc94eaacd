package org.rgflow.flow;

/**
 * What keeps a training smooth: weights of the path's kinetic energy K and squared Jacobian norm F
 * in a loss (arXiv:2002.02798), a limit on what one example may do to a gradient, and whether the
 * solver's grid is another for every batch.
 *
 * <p>The gradient of log p goes back through a solve by the transposed Jacobians of its steps, and
 * at a few examples these multiply to a length that decides where the whole batch goes. With a
 * limit c, after every step back an example's cotangent a = d log p / dx(t) of D dimensions becomes
 *
 * <pre>
 *   a min(1, c sqrt(D) / |a|)
 * </pre>
 *
 * whatever its batch mates are; of a standard normal |a| is about sqrt(D).
 *
 * @param kinetic lk
 * @param jacobian lg
 * @param cotangentLimit c, 0 for none
 * @param shiftedGrids whether each batch is solved on a fixed grid shifted by a random part of a
 *     step, see {@link org.rgflow.flow.ode.TimeGrid}
 */
public record Regularisation(
    double kinetic, double jacobian, double cotangentLimit, boolean shiftedGrids) {
  /** None of them. */
  public static final Regularisation NONE = new Regularisation(0, 0);

  /** Weights alone: no limit, and one grid. */
  public Regularisation(double kinetic, double jacobian) {
    this(kinetic, jacobian, 0, false);
  }

  /** Checks all. */
  public Regularisation {
    if (!(kinetic >= 0) || !(jacobian >= 0)) {
      throw new IllegalArgumentException(
          "train.kineticWeight and train.jacobianWeight must be at least 0, were "
              + kinetic
              + " and "
              + jacobian);
    }
    if (!(cotangentLimit >= 0)) {
      throw new IllegalArgumentException(
          "train.cotangentLimit must be at least 0, was " + cotangentLimit);
    }
  }
}
