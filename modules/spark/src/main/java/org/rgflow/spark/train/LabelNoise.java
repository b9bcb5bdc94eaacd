package org.rgflow.spark.train;

import java.io.Serializable;
import org.rgflow.data.KeyedNoise;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Base;
import org.rgflow.flow.Slices;
import org.rgflow.flow.velocity.DivergenceConfig;

/** The labels of a minibatch: the noise that its objective needs. */
abstract class LabelNoise implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int size;

  private LabelNoise(int size) {
    this.size = size;
  }

  /** The noise of a layer's objective. */
  static LabelNoise of(FlowLayer layer, int batch, long seed) {
    return layer.objective() == Objective.FLOW_MATCHING
        ? new NoiseAndTime(layer, batch, seed)
        : new Probes(layer, seed);
  }

  /** Numbers per example; 0 for none. */
  final int size() {
    return size;
  }

  /** Draws for one example, keyed by it and the epoch. */
  abstract void fill(long key, long epoch, double[] to, int offset);

  /** Draws what a batch has in common, keyed by shard and step. */
  abstract void complete(int shard, long step, double[] labels);

  /** Random probes of the divergence. */
  private static final class Probes extends LabelNoise {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final boolean gaussian;

    Probes(FlowLayer layer, long seed) {
      super(layer.labelSize());
      this.seed = seed;
      this.gaussian = layer.divergence().noise() == DivergenceConfig.Noise.GAUSSIAN;
    }

    @Override
    void fill(long key, long epoch, double[] to, int offset) {
      if (size() == 0) {
        return;
      }
      KeyedNoise noise = new KeyedNoise(seed, key, KeyedNoise.Purpose.PROBE, epoch);
      if (gaussian) {
        noise.fillGaussian(to, offset, size());
      } else {
        noise.fillRademacher(to, offset, size());
      }
    }

    @Override
    void complete(int shard, long step, double[] labels) {
      // probes belong to their examples alone
    }
  }

  /** Noise of the base for each example, and one time for each slice, stratified over [0, 1). */
  private static final class NoiseAndTime extends LabelNoise {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final int batch;
    private final int times;
    private final boolean normal;

    NoiseAndTime(FlowLayer layer, int batch, long seed) {
      super(layer.labelSize());
      this.seed = seed;
      this.batch = batch;
      this.times = Math.min(batch, layer.times());
      this.normal = layer.flow().base() == Base.NORMAL;
    }

    @Override
    void fill(long key, long epoch, double[] to, int offset) {
      KeyedNoise noise = new KeyedNoise(seed, key, KeyedNoise.Purpose.LATENT, epoch);
      if (normal) {
        noise.fillGaussian(to, offset, size() - 1);
      } else {
        noise.fillLaplace(to, offset, size() - 1);
      }
    }

    @Override
    void complete(int shard, long step, double[] labels) {
      KeyedNoise noise = new KeyedNoise(seed, shard, KeyedNoise.Purpose.TIME, step);
      Slices slices = new Slices(batch, times);
      for (int slice = 0; slice < times; slice++) {
        double t = (slice + noise.uniform()) / times;
        for (int n = slices.first(slice); n < slices.first(slice + 1); n++) {
          labels[(n + 1) * size() - 1] = t;
        }
      }
    }
  }
}
