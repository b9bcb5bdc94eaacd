package org.rgflow.spark.inpaint;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.Base;
import org.rgflow.flow.Flow;
import org.rgflow.flow.Pullback;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.spark.physics.Potential;

/**
 * The {@link Posterior} of each chain of a batch. Chains have as many coordinates as the largest
 * cone; where a cone is smaller, its last ones mean nothing.
 */
final class Posteriors implements Potential {
  private final Flow flow;
  private final List<Posterior> ofChains;
  private final int coordinates;
  private final int dimensions;

  Posteriors(Flow flow, List<Posterior> ofChains) {
    this.flow = flow;
    this.ofChains = ofChains;
    this.coordinates =
        ofChains.stream().mapToInt(posterior -> posterior.widths().length).max().orElseThrow();
    this.dimensions = flow.config().dimensions();
  }

  /** Coordinates of each chain. */
  int coordinates() {
    return coordinates;
  }

  /** z of all chains, [chain][latent] in one row. */
  double[] latents(double[] u) {
    double[] z = new double[ofChains.size() * dimensions];
    for (int n = 0; n < ofChains.size(); n++) {
      ofChains.get(n).latents(u, n * coordinates, z, n * dimensions);
    }
    return z;
  }

  @Override
  public Pullback at(double[] u, int chains) {
    double[] z = latents(u);
    Pullback pulled;
    try (INDArray array = HostValues.toArray(z, DataType.DOUBLE, chains, dimensions)) {
      pulled = flow.samplePullback(array, n -> ofChains.get(n).observation());
    }
    Base base = flow.config().base();
    double[] values = pulled.energies().clone();
    double[] gradient = new double[u.length];
    for (int n = 0; n < chains; n++) {
      double[] widths = ofChains.get(n).widths();
      int[] latents = ofChains.get(n).cone().latents();
      for (int i = 0; i < widths.length; i++) {
        int at = n * dimensions + latents[i];
        values[n] -= base.logKernel(z[at]);
        gradient[n * coordinates + i] = widths[i] * (pulled.gradient()[at] - base.slope(z[at]));
      }
    }
    return new Pullback(values, pulled.energies(), gradient);
  }
}
