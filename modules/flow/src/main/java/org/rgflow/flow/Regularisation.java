package org.rgflow.flow;

/**
 * Weights of the path's kinetic energy K and squared Jacobian norm F in a loss (arXiv:2002.02798).
 *
 * @param kinetic lk
 * @param jacobian lg
 */
public record Regularisation(double kinetic, double jacobian) {
  /** Neither. */
  public static final Regularisation NONE = new Regularisation(0, 0);

  /** Checks both. */
  public Regularisation {
    if (!(kinetic >= 0) || !(jacobian >= 0)) {
      throw new IllegalArgumentException(
          "train.kineticWeight and train.jacobianWeight must be at least 0, were "
              + kinetic
              + " and "
              + jacobian);
    }
  }
}
