package org.rgflow.flow.energy;

import java.util.OptionalDouble;

/**
 * Independent Gaussians, {@code E = sum (x - mean)^2 / (2 deviation^2)}; log Z = D log(deviation
 * sqrt(2 pi)).
 */
public record GaussianEnergy(Lattice lattice, double mean, double deviation) implements Energy {
  /** Checks the deviation. */
  public GaussianEnergy {
    EnergySettings.requirePositive("deviation", deviation);
  }

  /** Of settings {@code lattice}, {@code channels}, {@code mean} and {@code deviation}. */
  public GaussianEnergy(EnergySettings settings) {
    this(settings.lattice(), settings.number("mean"), settings.number("deviation"));
  }

  @Override
  public double value(double[] x, double[] gradient) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double scaled = (x[i] - mean) / deviation;
      sum += 0.5 * scaled * scaled;
      gradient[i] = scaled / deviation;
    }
    return sum;
  }

  @Override
  public OptionalDouble logPartition() {
    return OptionalDouble.of(
        lattice.dimensions() * (Math.log(deviation) + 0.5 * Math.log(2 * Math.PI)));
  }
}
