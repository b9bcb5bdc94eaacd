package org.rgflow.data;

import java.io.Serializable;

/** The map from an example's own numbers to the real numbers x a flow models, (C, *grid). */
public abstract sealed class ExampleTransform implements Serializable
    permits PixelTransform, ValueTransform {
  private static final long serialVersionUID = 1L;

  ExampleTransform() {}

  /** Whether it is of 8-bit pixels, not of real values. */
  public abstract boolean isOfPixels();

  /**
   * Writes x of one example from an offset on and returns log |det| of the map, in nats.
   *
   * @param noise of what the map draws, if anything
   * @throws DataException if the example is of another number of channels
   */
  public abstract double forward(Example example, KeyedNoise noise, double[] x, int offset);

  /** Of likelihoods per dimension: {@code bits/dim} of pixels, {@code nats/dim} of real values. */
  public abstract String unit();

  /**
   * A loss in this {@link #unit()}.
   *
   * @param logLikelihood log p of the example itself, the map's log |det| in it, in nats
   * @param dimensions D, channels times sites
   */
  public abstract double perDimension(double logLikelihood, int dimensions);
}
