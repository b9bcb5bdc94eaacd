package org.rgflow.spark.physics;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.Flow;
import org.rgflow.flow.Pullback;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.tensor.HostValues;

/**
 * Hamilton's equations of a batch of latents with unit masses, H = U(z) + |p|^2/2, by steps that
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

  private final Flow flow;
  private final Energy energy;

  Leapfrog(Flow flow, Energy energy) {
    this.flow = flow;
    this.energy = energy;
  }

  /** Latents, [example][D] in one row, with U, E and dU/dz there. */
  record Place(double[] z, Pullback at) {}

  /**
   * Where trajectories end.
   *
   * @param momenta as the latents
   * @param rise of H from their beginnings, nats; infinite where one was given up
   */
  record End(Place place, double[] momenta, double[] rise) {}

  /** The place of latents. */
  Place place(double[] z, int size) {
    try (INDArray array = HostValues.toArray(z, DataType.DOUBLE, size, z.length / size)) {
      return new Place(z, flow.pullback(array, null, energy));
    }
  }

  /**
   * The ends of trajectories.
   *
   * @param momenta as the latents
   * @param steps h of each example
   */
  End follow(Place from, double[] momenta, double[] steps, int count) {
    int size = steps.length;
    int dimensions = momenta.length / size;
    double[] p = momenta.clone();
    double[] start = hamiltonian(from.at, p, size);
    double[] rise = new double[size];
    Place here = from;
    for (int step = 0; step < count; step++) {
      double[] z = here.z.clone();
      kick(p, here.at.gradient(), steps);
      for (int i = 0; i < z.length; i++) {
        int n = i / dimensions;
        // what is lost stays where numbers are finite
        z[i] = rise[n] == Double.POSITIVE_INFINITY ? from.z[i] : z[i] + steps[n] * p[i];
      }
      here = place(z, size);
      kick(p, here.at.gradient(), steps);
      double[] now = hamiltonian(here.at, p, size);
      for (int n = 0; n < size; n++) {
        double risen = now[n] - start[n];
        boolean isLost = rise[n] == Double.POSITIVE_INFINITY || !(risen <= LOST);
        rise[n] = isLost ? Double.POSITIVE_INFINITY : risen;
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

  private static double[] hamiltonian(Pullback at, double[] p, int size) {
    double[] h = Arrays.copyOf(at.values(), size);
    int dimensions = p.length / size;
    for (int i = 0; i < p.length; i++) {
      h[i / dimensions] += 0.5 * p[i] * p[i];
    }
    return h;
  }
}
