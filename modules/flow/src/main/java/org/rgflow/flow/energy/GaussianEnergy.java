package org.rgflow.flow.energy;

/**
 * Independent Gaussians, {@code E = sum (x - mean)^2 / (2 deviation^2)}; log Z = D log(deviation
 * sqrt(2 pi)).
 */
public record GaussianEnergy(double mean, double deviation) implements Energy {
  /** Checks the deviation. */
  public GaussianEnergy {
    if (!(deviation > 0)) {
      throw new IllegalArgumentException("energy.deviation must be positive, was " + deviation);
    }
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
}
