package org.rgflow.spark.inpaint;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Flow;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.flow.tensor.HostValues;

/**
 * How strongly some values of an example respond to each of its latents.
 *
 * <pre>
 *   r_j^2 = sum over the values i of (dx_i/dz_j)^2 = mean over signs e of ((dx/dz)^T e)_j^2
 * </pre>
 *
 * by {@value #PROBES} random signs, each at the cost of one pullback.
 */
final class Response {
  private static final int PROBES = 32;

  private Response() {}

  /** r^2 of each latent, of the values that are in the hole or of those that are not. */
  static double[] squares(
      Flow flow, double[] z, boolean[] hole, boolean isInside, KeyedNoise noise) {
    int dimensions = z.length;
    Lattice lattice = flow.config().lattice();
    Projection[] projections = new Projection[PROBES];
    double[] copies = new double[PROBES * dimensions];
    for (int probe = 0; probe < PROBES; probe++) {
      double[] signs = new double[dimensions];
      noise.fillRademacher(signs, 0, dimensions);
      for (int i = 0; i < dimensions; i++) {
        signs[i] = hole[i] == isInside ? signs[i] : 0;
      }
      projections[probe] = new Projection(lattice, signs);
      System.arraycopy(z, 0, copies, probe * dimensions, dimensions);
    }
    double[] squares = new double[dimensions];
    try (INDArray array = HostValues.toArray(copies, DataType.DOUBLE, PROBES, dimensions)) {
      double[] slopes = flow.samplePullback(array, n -> projections[n]).gradient();
      for (int i = 0; i < slopes.length; i++) {
        squares[i % dimensions] += slopes[i] * slopes[i] / PROBES;
      }
    }
    return squares;
  }

  /** E(x) = sum of e x. */
  private record Projection(Lattice lattice, double[] signs) implements Energy {
    @Override
    public double value(double[] x, double[] gradient) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        gradient[i] = signs[i];
        sum += signs[i] * x[i];
      }
      return sum;
    }
  }
}
