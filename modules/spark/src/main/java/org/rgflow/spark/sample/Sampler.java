package org.rgflow.spark.sample;

import java.io.Serializable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Base;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.velocity.DivergenceConfig;

/** What a task does: decodes whole batches of latents, by the batches' numbers. */
final class Sampler implements Serializable {
  private static final long serialVersionUID = 1L;

  private final FlowConfig model;
  private final SamplingConfig config;

  Sampler(FlowConfig model, SamplingConfig config) {
    this.model = model;
    this.config = config;
  }

  /** x of each batch, (batch, C, *shape) row-major. */
  Iterator<float[]> draw(Iterator<Integer> batches, double[] parameters) {
    // Spark gives a task one core, and runs as many tasks as there are
    Nd4j.getEnvironment().setMaxThreads(1);
    DivergenceConfig divergence = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    Flow flow = new Flow(model, config.solver(), divergence, false, DataType.FLOAT);
    TaskCompletionListener close = context -> flow.close();
    TaskContext.get().addTaskCompletionListener(close);
    flow.load(Nd4j.createFromArray(parameters));
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
        return flow.sample(latents(batches.next())).data().asFloat();
      }
    };
  }

  private INDArray latents(int batch) {
    int dimensions = model.dimensions();
    double[] latents = new double[config.batch() * dimensions];
    for (int n = 0; n < config.batch(); n++) {
      long sample = (long) batch * config.batch() + n;
      KeyedNoise noise = new KeyedNoise(config.seed(), sample, KeyedNoise.Purpose.LATENT, 0);
      if (model.base() == Base.NORMAL) {
        noise.fillGaussian(latents, n * dimensions, dimensions);
      } else {
        noise.fillLaplace(latents, n * dimensions, dimensions);
      }
    }
    for (int i = 0; i < latents.length; i++) {
      latents[i] *= config.temperature();
    }
    return Nd4j.createFromArray(latents).reshape(config.batch(), dimensions);
  }
}
