package org.rgflow.spark.inpaint;

import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.Lattice;

/**
 * How far an example is from what is known of it: E(x) = sum over known values of (x - y)^2 / 2
 * s^2.
 *
 * @param lattice of the example
 * @param y values; those in the hole have no meaning
 * @param hole which values are not known
 * @param deviation s
 */
record Observation(Lattice lattice, double[] y, boolean[] hole, double deviation)
    implements Energy {
  @Override
  public double value(double[] x, double[] gradient) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double off = hole[i] ? 0 : (x[i] - y[i]) / deviation;
      gradient[i] = off / deviation;
      sum += 0.5 * off * off;
    }
    return sum;
  }

  /** The root mean square of x - y over the known values, of an E. */
  double rootMeanSquare(double energy) {
    int known = 0;
    for (boolean isUnknown : hole) {
      known += isUnknown ? 0 : 1;
    }
    return deviation * Math.sqrt(2 * energy / known);
  }
}
