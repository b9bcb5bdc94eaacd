package org.rgflow.spark.physics;

import java.util.Arrays;
import org.rgflow.flow.Pullback;

/**
 * Hamilton's equations of a batch of chains with unit masses, H = U(z) + |p|^2/2, by steps that
 * keep volumes and can be reversed:
 *
 * <pre>
 *   p -= h/2 dU/dz,   z += h p,   p -= h/2 dU/dz
 * </pre>
 *
 * H is kept to order h^2 over a trajectory of given length.
 */
final class Leapfrog {
  /** Past such a rise of H, in nats, an end would never be accepted: the way to it is given up. */
  private static final double LOST = 1000;

  private final Potential potential;

  Leapfrog(Potential potential) {
    this.potential = potential;
  }

  /**
   * Where trajectories end.
   *
   * @param momenta as the coordinates
   * @param rise of H from their beginnings, nats; infinite where one was given up
   */
  record End(Place place, double[] momenta, double[] rise) {}

  /**
   * The ends of trajectories.
   *
   * @param momenta as the coordinates
   * @param steps h of each chain
   */
  End follow(Place from, double[] momenta, double[] steps, int count) {
    int size = steps.length;
    int dimensions = momenta.length / size;
    double[] p = momenta.clone();
    double[] rise = new double[size];
    Place here = from;
    for (int step = 0; step < count; step++) {
      double[] z = here.z().clone();
      kick(p, here.at().gradient(), steps);
      for (int i = 0; i < z.length; i++) {
        int n = i / dimensions;
        // what is lost stays where numbers are finite
        z[i] = rise[n] == Double.POSITIVE_INFINITY ? from.z()[i] : z[i] + steps[n] * p[i];
      }
      here = new Place(z, potential.at(z, size));
      kick(p, here.at().gradient(), steps);
      double[] risen = rise(from.at(), momenta, here.at(), p);
      for (int n = 0; n < size; n++) {
        boolean isLost = rise[n] == Double.POSITIVE_INFINITY || !(risen[n] <= LOST);
        rise[n] = isLost ? Double.POSITIVE_INFINITY : risen[n];
      }
    }
    return new End(here, p, rise);
  }

  private static void kick(double[] p, double[] gradient, double[] steps) {
    int dimensions = p.length / steps.length;
    for (int i = 0; i < p.length; i++) {
      p[i] -= 0.5 * steps[i / dimensions] * gradient[i];
    }
  }

  /** By the change of each coordinate, so that one that does not move adds nothing, to the bit. */
  private static double[] rise(Pullback from, double[] before, Pullback to, double[] after) {
    double[] rise = new double[from.values().length];
    Arrays.setAll(rise, n -> to.values()[n] - from.values()[n]);
    int dimensions = before.length / rise.length;
    for (int i = 0; i < before.length; i++) {
      rise[i / dimensions] += 0.5 * (after[i] - before[i]) * (after[i] + before[i]);
    }
    return rise;
  }
}
