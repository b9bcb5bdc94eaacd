package org.rgflow.flow.energy;

import java.util.OptionalDouble;

/**
 * Two Gaussians of one width for every value, the ring's counterpart on a line: {@code E = -sum
 * log(exp(-(x - r)^2 / 2 s^2) + exp(-(x + r)^2 / 2 s^2))}; log Z = D log(2 s sqrt(2 pi)).
 *
 * @param radius r, of both centres from 0
 * @param deviation s
 */
public record MixtureEnergy(Lattice lattice, double radius, double deviation) implements Energy {
  /** Checks the deviation. */
  public MixtureEnergy {
    EnergySettings.requirePositive("deviation", deviation);
  }

  /** Of settings {@code lattice}, {@code channels}, {@code radius} and {@code deviation}. */
  public MixtureEnergy(EnergySettings settings) {
    this(settings.lattice(), settings.number("radius"), settings.number("deviation"));
  }

  @Override
  public double value(double[] x, double[] gradient) {
    double variance = deviation * deviation;
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double phase = x[i] * radius / variance;
      sum += (x[i] * x[i] + radius * radius) / (2 * variance) - EvenFunctions.logTwoCosh(phase);
      gradient[i] = (x[i] - radius * Math.tanh(phase)) / variance;
    }
    return sum;
  }

  @Override
  public OptionalDouble logPartition() {
    return OptionalDouble.of(
        lattice.dimensions() * (Math.log(2 * deviation) + 0.5 * Math.log(2 * Math.PI)));
  }
}
