package org.rgflow.flow.energy;

import java.util.OptionalDouble;

/**
 * K Gaussians on a circle in the plane of a site's two values, for every site: {@code E = -sum log
 * sum_k exp(-|x - c_k|^2 / 2 s^2)}, c_k = r (cos 2 pi k/K, sin 2 pi k/K); log Z = sites log(2 pi
 * s^2 K).
 *
 * @param modes K
 * @param radius r
 * @param deviation s
 */
public record RingEnergy(Lattice lattice, int modes, double radius, double deviation)
    implements Energy {
  /** Checks channels, modes and deviation. */
  public RingEnergy {
    if (lattice.channels() != 2) {
      throw new IllegalArgumentException(
          "energy.channels must be 2 for ring, was " + lattice.channels());
    }
    if (modes < 1) {
      throw new IllegalArgumentException("energy.modes must be at least 1, was " + modes);
    }
    EnergySettings.requirePositive("deviation", deviation);
  }

  /** Of settings {@code lattice}, {@code modes}, {@code radius} and {@code deviation}. */
  public RingEnergy(EnergySettings settings) {
    this(
        new Lattice(2, settings.integers("lattice")),
        settings.integer("modes"),
        settings.number("radius"),
        settings.number("deviation"));
  }

  @Override
  public double value(double[] x, double[] gradient) {
    int sites = lattice.sites();
    double energy = 0;
    for (int site = 0; site < sites; site++) {
      energy += addSite(x, gradient, site, sites + site);
    }
    return energy;
  }

  private double addSite(double[] x, double[] gradient, int first, int second) {
    double variance = deviation * deviation;
    double[] exponents = new double[modes];
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < modes; k++) {
      double a = x[first] - radius * Math.cos(angle(k));
      double b = x[second] - radius * Math.sin(angle(k));
      exponents[k] = -(a * a + b * b) / (2 * variance);
      largest = Math.max(largest, exponents[k]);
    }
    double sum = 0;
    double meanCos = 0;
    double meanSin = 0;
    for (int k = 0; k < modes; k++) {
      double weight = Math.exp(exponents[k] - largest);
      sum += weight;
      meanCos += weight * Math.cos(angle(k));
      meanSin += weight * Math.sin(angle(k));
    }
    gradient[first] = (x[first] - radius * meanCos / sum) / variance;
    gradient[second] = (x[second] - radius * meanSin / sum) / variance;
    return -largest - Math.log(sum);
  }

  private double angle(int mode) {
    return 2 * Math.PI * mode / modes;
  }

  @Override
  public OptionalDouble logPartition() {
    return OptionalDouble.of(
        lattice.sites() * Math.log(2 * Math.PI * deviation * deviation * modes));
  }
}
