package org.rgflow.spark.sample;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.LatentLevels;
import org.rgflow.spark.model.ExampleNoise;

/** What a task does: decodes whole batches of latents, by the batches' numbers. */
final class Sampler implements Serializable {
  private static final long serialVersionUID = 1L;

  private final FlowConfig model;
  private final SamplingConfig config;

  /**
   * @throws IllegalArgumentException if there is neither one temperature nor one to a level, or a
   *     batch is more numbers than an array holds
   */
  Sampler(FlowConfig model, SamplingConfig config) {
    this.model = model;
    this.config = config;
    ExampleNoise.requireOneArray("a batch of latents", config.batch(), model);
    int levels = model.levels().size();
    int given = config.temperatures().size();
    if (given != 1 && given != levels) {
      throw new IllegalArgumentException(
          "sample.temperature must be 1 number, or " + levels + ", one to a level, were " + given);
    }
  }

  /** x of each batch, (batch, C, *shape) row-major. */
  Iterator<float[]> draw(Iterator<Integer> batches, double[] parameters) {
    Decoder decoder = Decoder.inTask(model, config.solver(), parameters);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public float[] next() {
        if (!hasNext()) {
          throw new NoSuchElementException("all batches are drawn");
        }
        int batch = batches.next();
        decoder.condition(classes(batch));
        return decoder.decode(latents(batch));
      }
    };
  }

  /** Of a model of classes samples are of each in turn. */
  private int[] classes(int batch) {
    int classes = model.classes().size();
    long first = (long) batch * config.batch();
    return IntStream.range(0, classes == 0 ? 0 : config.batch())
        .map(n -> (int) ((first + n) % classes))
        .toArray();
  }

  private double[] latents(int batch) {
    long first = (long) batch * config.batch();
    double[] latents = ExampleNoise.latents(model, config.seed(), first, 0, config.batch());
    double[] factors = factors();
    for (int i = 0; i < latents.length; i++) {
      latents[i] *= factors[i % factors.length];
    }
    return latents;
  }

  /** The temperature of each latent of an example. */
  private double[] factors() {
    List<Double> temperatures = config.temperatures();
    int[] levels = LatentLevels.of(model).ofEach();
    double[] factors = new double[levels.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = temperatures.get(temperatures.size() == 1 ? 0 : levels[i]);
    }
    return factors;
  }
}
