package org.rgflow.spark.model;

import org.rgflow.data.Example;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.velocity.DivergenceConfig;

/**
 * The random numbers of one example, each a function of a seed, the example's key and the number of
 * the draw, whoever asks for them: training, validation, scoring, sampling.
 */
public final class ExampleNoise {
  private ExampleNoise() {}

  /**
   * x of an example: pixels dequantised and transformed, or its real values, standardised or not.
   *
   * @return log |det| of the transform
   */
  public static double fillInput(
      Example example,
      ExampleTransform transform,
      long seed,
      long key,
      long draw,
      double[] to,
      int offset) {
    return transform.forward(example, dequantisation(seed, key, draw), to, offset);
  }

  /** The uniform numbers that pixels are dequantised with. */
  public static KeyedNoise dequantisation(long seed, long key, long draw) {
    return new KeyedNoise(seed, key, KeyedNoise.Purpose.DEQUANTISATION, draw);
  }

  /** Random probes of a divergence, so many numbers. */
  public static void fillProbes(
      DivergenceConfig.Noise kind,
      long seed,
      long key,
      long draw,
      double[] to,
      int offset,
      int length) {
    KeyedNoise noise = new KeyedNoise(seed, key, KeyedNoise.Purpose.PROBE, draw);
    if (kind == DivergenceConfig.Noise.GAUSSIAN) {
      noise.fillGaussian(to, offset, length);
    } else {
      noise.fillRademacher(to, offset, length);
    }
  }

  /**
   * Latents of successive draws, (count, D) in one row.
   *
   * @param first key of the first, whose successors follow it
   */
  public static double[] latents(FlowConfig model, long seed, long first, long draw, int count) {
    int dimensions = model.dimensions();
    double[] latents = new double[count * dimensions];
    for (int n = 0; n < count; n++) {
      fillLatents(model.base(), seed, first + n, draw, latents, n * dimensions, dimensions);
    }
    return latents;
  }

  /**
   * Checks that a batch is no more numbers than an array holds.
   *
   * @param what it is, for the error
   * @throws IllegalArgumentException if it is
   */
  public static void requireOneArray(String what, int batch, FlowConfig model) {
    int most = (Integer.MAX_VALUE - 8) / model.dimensions();
    if (batch > most) {
      throw new IllegalArgumentException(
          what
              + " must be at most "
              + most
              + " of "
              + model.dimensions()
              + " values each, which are one array, was "
              + batch);
    }
  }

  /** Latents of a base, so many numbers. */
  public static void fillLatents(
      Base base, long seed, long key, long draw, double[] to, int offset, int length) {
    KeyedNoise noise = new KeyedNoise(seed, key, KeyedNoise.Purpose.LATENT, draw);
    if (base == Base.NORMAL) {
      noise.fillGaussian(to, offset, length);
    } else {
      noise.fillLaplace(to, offset, length);
    }
  }
}
