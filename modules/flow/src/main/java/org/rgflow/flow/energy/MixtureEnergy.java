package org.rgflow.flow.energy;

/**
 * Two Gaussians of one width at every site, {@code E = -sum log(exp(-(x - c)^2 / 2 s^2) + exp(-(x +
 * c)^2 / 2 s^2))}.
 */
public record MixtureEnergy(double centre, double deviation) implements Energy {
  /** Checks the deviation. */
  public MixtureEnergy {
    if (!(deviation > 0)) {
      throw new IllegalArgumentException("energy.deviation must be positive, was " + deviation);
    }
  }

  @Override
  public double value(double[] x, double[] gradient) {
    double variance = deviation * deviation;
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double phase = x[i] * centre / variance;
      double magnitude = Math.abs(phase);
      sum +=
          (x[i] * x[i] + centre * centre) / (2 * variance)
              - magnitude
              - Math.log1p(Math.exp(-2 * magnitude));
      gradient[i] = (x[i] - centre * Math.tanh(phase)) / variance;
    }
    return sum;
  }
}
