package org.rgflow.spark.train.shards;

import org.apache.spark.api.java.JavaRDD;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.Moments;
import org.rgflow.data.PixelCounts;
import org.rgflow.data.PixelTransform;
import org.rgflow.data.Standardisation;
import org.rgflow.data.ValueTransform;
import org.rgflow.spark.model.ExampleNoise;

/** Fits the transform of a new model to its training set, shard by shard. */
final class TransformFit {
  private TransformFit() {}

  /** Of real values, a function of the configuration and the shards in their order. */
  static ValueTransform ofValues(TransformConfig config, JavaRDD<Block> shards, int channels) {
    return config.standardisesValues()
        ? new ValueTransform(Standardisation.of(moments(shards, channels)))
        : new ValueTransform();
  }

  /** The moments of real values, in the shards' order. */
  static Moments moments(JavaRDD<Block> shards, int channels) {
    Moments all = new Moments(channels);
    shards.map(TransformFit::moments).collect().forEach(all::merge);
    return all;
  }

  private static Moments moments(Block block) {
    Moments moments = new Moments(block.geometry().channels());
    for (int i = 0; i < block.size(); i++) {
      moments.add(block.get(i).values(), 0, block.geometry().sites());
    }
    return moments;
  }

  /**
   * Of pixels, a function of the configuration, the seed and the shards in their order.
   *
   * @param seed of dequantisation noise
   */
  static PixelTransform ofPixels(
      PixelConfig config, JavaRDD<Block> shards, int channels, long seed) {
    if (config.transform() == PixelConfig.Transform.GAUSSIAN) {
      PixelCounts all = new PixelCounts(channels);
      shards.map(TransformFit::counts).collect().forEach(all::merge);
      return new GaussianTransform(config.alpha(), config.atom(), config.tail(), all);
    }
    LogitTransform logit = new LogitTransform(config.alpha());
    if (!config.standardise()) {
      return logit;
    }
    Moments all = new Moments(channels);
    shards.map(block -> moments(block, logit, seed)).collect().forEach(all::merge);
    return logit.standardised(all);
  }

  private static PixelCounts counts(Block block) {
    PixelCounts counts = new PixelCounts(block.geometry().channels());
    for (int i = 0; i < block.size(); i++) {
      counts.add(block.get(i).pixels());
    }
    return counts;
  }

  private static Moments moments(Block block, LogitTransform logit, long seed) {
    int channels = block.geometry().channels();
    Moments moments = new Moments(channels);
    double[] x = new double[block.geometry().dimensions()];
    for (int i = 0; i < block.size(); i++) {
      Example example = block.get(i);
      KeyedNoise noise = ExampleNoise.dequantisation(seed, KeyedNoise.key(example.key()), 0);
      logit.forward(example.pixels(), channels, noise, x, 0);
      moments.add(x, 0, x.length / channels);
    }
    return moments;
  }
}
