package org.rgflow.spark.inpaint;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Flow;
import org.rgflow.flow.tensor.HostValues;

/**
 * The latents of a hole's light cone given what is known of an example, the other latents held.
 *
 * <pre>
 *   U(u) = sum over known values of (x(z) - y)^2 / 2 s^2 - sum over the cone of log p_Z(z_j),
 *   z_j = c_j + w_j u_j,   w_j = (1 + r_j^2 / s^2)^(-1/2)
 * </pre>
 *
 * with r_j the {@link Response} of the known values: of all curvatures along a coordinate u_j is
 * near 1, so that one step suits them all.
 *
 * @param cone the latents that are free
 * @param centre c, of all latents
 * @param widths w, of the cone's
 */
record Posterior(Observation observation, LightCone cone, double[] centre, double[] widths) {
  /**
   * The posterior of an example.
   *
   * @param y its values, of which those in the hole are where chains begin
   * @param hole which values are not known
   * @param key of the example, for the probes
   * @throws org.rgflow.flow.ode.SolveException if the model cannot be solved there
   */
  static Posterior of(Flow flow, InpaintingConfig config, double[] y, boolean[] hole, long key) {
    double[] centre;
    try (INDArray array = HostValues.toArray(y, DataType.DOUBLE, 1, y.length)) {
      centre = HostValues.take(flow.latents(array));
    }
    KeyedNoise probes = new KeyedNoise(config.seed(), key, KeyedNoise.Purpose.PROBE, 0);
    LightCone cone =
        LightCone.of(Response.squares(flow, centre, hole, true, probes), config.influence());
    double[] ofKnown = Response.squares(flow, centre, hole, false, probes);
    double precision = 1 / (config.noise() * config.noise());
    return new Posterior(
        new Observation(flow.config().lattice(), y, hole, config.noise()),
        cone,
        centre,
        Arrays.stream(cone.latents())
            .mapToDouble(latent -> 1 / Math.sqrt(1 + precision * ofKnown[latent]))
            .toArray());
  }

  /** Writes all latents of coordinates u. */
  void latents(double[] u, int from, double[] z, int to) {
    System.arraycopy(centre, 0, z, to, centre.length);
    for (int i = 0; i < widths.length; i++) {
      z[to + cone.latents()[i]] += widths[i] * u[from + i];
    }
  }
}
