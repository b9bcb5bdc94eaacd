package org.rgflow.flow.velocity;

/**
 * The divergence tr(dv/dx) of a stage and its squared Jacobian norm |dv/dx|_F^2, per example, with
 * their gradients.
 */
public interface Divergence {
  /**
   * Adds the divergence and the squared norm of the stage linearised last.
   *
   * @param divergence per example, added to
   * @param jacobian per example, added to; null if not wanted
   */
  void addRates(Stage stage, double[] divergence, double[] jacobian);

  /**
   * Adds the gradient of {@code sum over examples of (divergenceWeight * divergence +
   * jacobianWeight * jacobian)} to what the stage's gradient will complete, and the rates of the
   * stage, which the gradient needs on its way, as {@link #addRates} does. A divergence of weight 0
   * is left out.
   *
   * @param divergence per example, added to
   * @param jacobian per example, added to; null if not wanted
   */
  void addGradient(
      Stage stage,
      double divergenceWeight,
      double jacobianWeight,
      double[] divergence,
      double[] jacobian);
}
