package org.rgflow.spark.physics;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.Flow;
import org.rgflow.flow.Pullback;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.tensor.HostValues;

/**
 * U(z) = E(x(z)) - log |det dx/dz| in a flow's latents.
 *
 * @param flow of an exact divergence, the caller's
 */
record EnergyPotential(Flow flow, Energy energy) implements Potential {
  @Override
  public Pullback at(double[] z, int chains) {
    try (INDArray array = HostValues.toArray(z, DataType.DOUBLE, chains, z.length / chains)) {
      return flow.pullback(array, null, energy);
    }
  }
}
