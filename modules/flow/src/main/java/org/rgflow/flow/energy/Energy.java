package org.rgflow.flow.energy;

/** An energy E(x) with its gradient; it defines the density exp(-E(x))/Z. */
public interface Energy {
  /**
   * E(x) of one example.
   *
   * @param x values, channel after channel, row-major
   * @param gradient filled with dE/dx
   * @return E in nats
   */
  double value(double[] x, double[] gradient);
}
