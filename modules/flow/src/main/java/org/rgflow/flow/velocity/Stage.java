package org.rgflow.flow.velocity;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One evaluation of the velocity, kept for its derivatives.
 *
 * <p>The order of calls: {@link #forward()}; then {@link #linearise()}; then any number of {@link
 * #pullback()}, each followed by {@link #pullbackGradient()} if wanted, and {@link #curve()} before
 * a divergence reads second derivatives; last {@link #gradient()}. The arrays it reads and writes
 * belong to its {@link Velocity}.
 */
public abstract class Stage {
  private final INDArray value;

  Stage(INDArray value) {
    this.value = value;
  }

  /** v(x, t) as planes; what stands in the halo has no meaning. */
  public final INDArray value() {
    return value;
  }

  /** Evaluates v at the velocity's input and the weights loaded. */
  public abstract void forward();

  /** Computes the activations' first derivatives for what follows. */
  public abstract void linearise();

  /** Computes the activations' second derivatives for a divergence that reads them. */
  abstract void curve();

  /** response = (dv/dx)^T probe. */
  abstract void pullback();

  /**
   * Adds the gradient of {@code <responseCotangent, response>} of the last pullback to the weights'
   * gradient and to the cotangents of the pre-activations.
   */
  abstract void pullbackGradient();

  /**
   * Adds the gradient of {@code <valueCotangent, v>} and of what was added to the cotangents of the
   * pre-activations to the weights' gradient, and sets the velocity's input cotangent.
   */
  public abstract void gradient();

  /** Adds the gradient of {@code <valueCotangent, v>} to the weights' gradient, and no more. */
  public abstract void gradientOfWeights();

  /** Sets the velocity's input cotangent to (dv/dx)^T valueCotangent, and no more. */
  public abstract void gradientOfInput();
}
