package org.rgflow.flow.energy;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * An energy E(x) with its gradient; it defines the density exp(-E(x))/Z.
 *
 * <p>To train on one of your own, name its class as {@code energy.name}. It has a public
 * constructor that takes {@link EnergySettings}, or one without arguments; it must not change once
 * made, since tasks share it.
 */
public interface Energy extends Serializable {
  /** What x is: values per site and sites per axis. An energy decides it, a model follows. */
  Lattice lattice();

  /**
   * E(x) of one example.
   *
   * @param x values, channel after channel, row-major
   * @param gradient overwritten with dE/dx
   * @return E in nats
   */
  double value(double[] x, double[] gradient);

  /** log Z in nats, where it is known. */
  default OptionalDouble logPartition() {
    return OptionalDouble.empty();
  }
}
