package org.rgflow.spark.inpaint;

import java.io.Serializable;

/**
 * How holes are filled.
 *
 * @param draws fillings of an image
 * @param noise deviation with which the known pixels are held, in units of the transformed pixels
 * @param influence share of the hole's response to all latents that its light cone has
 * @param trajectories of a chain; the first half of them finds the step
 * @param leapfrogs steps of a trajectory
 * @param seed of dequantisation, probes, momenta and acceptances
 */
public record InpaintingConfig(
    int draws, double noise, double influence, int trajectories, int leapfrogs, long seed)
    implements Serializable {
  /** Checks the numbers. */
  public InpaintingConfig {
    if (draws < 1 || draws > 1000) {
      throw new IllegalArgumentException("inpaint.draws must be in [1, 1000], was " + draws);
    }
    if (!(noise > 0 && noise <= 10)) {
      throw new IllegalArgumentException("inpaint.noise must be in (0, 10], was " + noise);
    }
    if (!(influence > 0 && influence <= 1)) {
      throw new IllegalArgumentException("inpaint.influence must be in (0, 1], was " + influence);
    }
    if (trajectories < 2 || trajectories > 1_000_000) {
      throw new IllegalArgumentException(
          "inpaint.trajectories must be in [2, 1000000], was " + trajectories);
    }
    if (leapfrogs < 1 || leapfrogs > 100_000) {
      throw new IllegalArgumentException(
          "inpaint.leapfrogs must be in [1, 100000], was " + leapfrogs);
    }
  }
}
