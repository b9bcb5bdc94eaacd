package org.rgflow.spark.sample;

import java.io.Serializable;
import org.rgflow.flow.ode.SolverConfig;

/**
 * How a model is sampled.
 *
 * @param solver of every level
 * @param batch samples the flow makes at once
 * @param seed of the latents
 * @param temperature factor on the latents; 1 samples the model
 */
public record SamplingConfig(SolverConfig solver, int batch, long seed, double temperature)
    implements Serializable {
  /** Checks the numbers. */
  public SamplingConfig {
    if (batch < 1 || batch > 65_536) {
      throw new IllegalArgumentException("sample.batch must be in [1, 65536], was " + batch);
    }
    if (!(temperature >= 0 && temperature <= 100)) {
      throw new IllegalArgumentException(
          "sample.temperature must be in [0, 100], was " + temperature);
    }
  }
}
