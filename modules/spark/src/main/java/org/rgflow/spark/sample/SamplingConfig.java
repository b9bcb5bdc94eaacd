package org.rgflow.spark.sample;

import java.io.Serializable;
import java.util.List;
import org.rgflow.flow.ode.SolverConfig;

/**
 * How a model is sampled.
 *
 * @param solver of every level
 * @param batch samples the flow makes at once
 * @param seed of the latents
 * @param temperatures factor on the latents, or one to a level, the finest first; 1 samples the
 *     model
 */
public record SamplingConfig(SolverConfig solver, int batch, long seed, List<Double> temperatures)
    implements Serializable {
  /** Checks the numbers. */
  public SamplingConfig {
    if (batch < 1 || batch > 65_536) {
      throw new IllegalArgumentException("sample.batch must be in [1, 65536], was " + batch);
    }
    temperatures = List.copyOf(temperatures);
    if (!temperatures.stream().allMatch(factor -> factor >= 0 && factor <= 100)) {
      throw new IllegalArgumentException(
          "sample.temperature must be in [0, 100], was " + temperatures);
    }
  }
}
