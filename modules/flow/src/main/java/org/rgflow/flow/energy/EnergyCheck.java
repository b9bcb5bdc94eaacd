package org.rgflow.flow.energy;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Compares an energy with itself at a few random points: a wrong gradient would train without a
 * word.
 */
public final class EnergyCheck {
  /** Points are normal with these deviations. */
  private static final double[] SCALES = {0.3, 1, 2};

  /** Values of a point that are moved one by one. */
  private static final int COORDINATES = 64;

  /** Step of a central difference, relative to max(1, |x|). */
  private static final double STEP = 1e-5;

  /** Allowed difference, relative to the larger of 1 and the gradient. */
  private static final double TOLERANCE = 1e-4;

  /** Relative rounding of an energy's sum, with room for one that cancels. */
  private static final double ROUNDING = 1e-13;

  private final String name;
  private final Energy energy;
  private final int dimensions;

  /**
   * A check of one energy.
   *
   * @param name of the energy, for errors
   */
  public EnergyCheck(String name, Energy energy) {
    this.name = name;
    this.energy = energy;
    this.dimensions = energy.lattice().dimensions();
  }

  /**
   * Compares the gradient with central differences.
   *
   * @throws IllegalArgumentException naming the first value where they differ, or where the energy
   *     is not finite
   */
  public void requireGradient() {
    SplittableRandom random = new SplittableRandom(dimensions);
    for (double scale : SCALES) {
      double[] x = point(random, scale);
      double[] gradient = new double[dimensions];
      Arrays.fill(gradient, Double.NaN); // what is not written must show
      double at = energy.value(x.clone(), gradient);
      if (!Double.isFinite(at)) {
        throw wrong("E is " + at + " at a normal x of deviation " + scale + "; allowed: finite");
      }
      int count = Math.min(COORDINATES, dimensions);
      int offset = random.nextInt(dimensions);
      IntStream.range(0, count)
          .map(i -> (int) ((offset + (long) i * dimensions / count) % dimensions))
          .forEach(i -> requireSlope(x, i, gradient[i], at));
    }
  }

  private void requireSlope(double[] x, int i, double given, double at) {
    double step = STEP * Math.max(1, Math.abs(x[i]));
    double difference = (moved(x, i, step) - moved(x, i, -step)) / (2 * step);
    double tolerance =
        TOLERANCE * Math.max(1, Math.abs(difference)) + ROUNDING * Math.abs(at) / step;
    if (!(Math.abs(given - difference) <= tolerance)) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "its gradient of value %d is %.6g and by finite differences %.6g at x[%d] = %.6g",
              i,
              given,
              difference,
              i,
              x[i]));
    }
  }

  private double moved(double[] x, int i, double by) {
    double[] other = x.clone();
    other[i] += by;
    return energy.value(other, new double[dimensions]);
  }

  private double[] point(SplittableRandom random, double scale) {
    // the sum of twelve uniforms: near enough to a normal for a point to test at
    return IntStream.range(0, dimensions)
        .mapToDouble(i -> scale * (random.doubles(12).sum() - 6))
        .toArray();
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("energy.name " + name + ": " + what);
  }
}
