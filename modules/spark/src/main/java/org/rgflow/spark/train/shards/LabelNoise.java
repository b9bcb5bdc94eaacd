package org.rgflow.spark.train.shards;

import java.io.Serializable;
import org.rgflow.data.Example;
import org.rgflow.data.KeyedNoise;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Slices;
import org.rgflow.flow.StillFlow;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.model.ExampleClasses;
import org.rgflow.spark.model.ExampleNoise;

/**
 * The labels of a minibatch: the noise that its objective needs, and in a last column the classes
 * of examples, of a model that has some.
 */
abstract class LabelNoise implements Serializable {
  private static final long serialVersionUID = 1L;

  final FlowConfig flow;
  private final int size;

  private LabelNoise(FlowLayer layer) {
    this.flow = layer.flow();
    this.size = layer.labelSize();
  }

  /**
   * The noise of a layer's objective.
   *
   * @param isPixels whether the layer learns from pixels, dequantised with the same seed
   */
  static LabelNoise of(FlowLayer layer, boolean isPixels, int batch, long seed) {
    if (layer.objective() != Objective.FLOW_MATCHING) {
      return new ProbesAndShift(layer, seed);
    }
    // averages of pixels know the noise of all of them, that of those which stay behind too
    boolean isEachSitesOwn = layer.flow().coarsening() == Coarsening.DECIMATION;
    return isPixels && isEachSitesOwn
        ? new DequantisationAndTime(layer, batch, seed)
        : new NoiseAndTime(layer, batch, seed);
  }

  /** Numbers per example; 0 for none. */
  final int size() {
    return size;
  }

  /** Draws for one example, keyed by it and the epoch. */
  abstract void fill(long key, long epoch, double[] to, int offset);

  /** Tells the class of one example. */
  final void condition(Example example, double[] to, int offset) {
    if (!flow.classes().isEmpty()) {
      to[offset + size - 1] = ExampleClasses.of(flow, example);
    }
  }

  /** Draws what a batch has in common, keyed by shard and step. */
  abstract void complete(int shard, long step, double[] labels);

  private static KeyedNoise common(long seed, int shard, long step) {
    return new KeyedNoise(seed, shard, KeyedNoise.Purpose.TIME, step);
  }

  /** Random probes of the divergence for each example, and one shift of the grid for all. */
  private static final class ProbesAndShift extends LabelNoise {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final boolean hasShift;
    private final int probeSize;
    private final DivergenceConfig.Noise kind;

    ProbesAndShift(FlowLayer layer, long seed) {
      super(layer);
      this.seed = seed;
      this.hasShift = layer.hasShiftedGrids();
      this.probeSize = size() - (hasShift ? 1 : 0) - (layer.hasClasses() ? 1 : 0);
      this.kind = layer.divergence().noise();
    }

    @Override
    void fill(long key, long epoch, double[] to, int offset) {
      if (probeSize == 0) {
        return;
      }
      ExampleNoise.fillProbes(kind, seed, key, epoch, to, offset, probeSize);
    }

    @Override
    void complete(int shard, long step, double[] labels) {
      if (hasShift) {
        double shift = common(seed, shard, step).uniform() - 0.5;
        for (int at = probeSize; at < labels.length; at += size()) {
          labels[at] = shift;
        }
      }
    }
  }

  /** Noise of the base for each example, and one time for each slice, stratified over [0, 1). */
  private static class NoiseAndTime extends LabelNoise {
    private static final long serialVersionUID = 1L;

    final long seed;
    private final int batch;
    private final int times;

    NoiseAndTime(FlowLayer layer, int batch, long seed) {
      super(layer);
      this.seed = seed;
      this.batch = batch;
      this.times = Math.min(batch, layer.times());
    }

    @Override
    void fill(long key, long epoch, double[] to, int offset) {
      ExampleNoise.fillLatents(flow.base(), seed, key, epoch, to, offset, flow.dimensions());
    }

    @Override
    final void complete(int shard, long step, double[] labels) {
      KeyedNoise noise = common(seed, shard, step);
      Slices slices = new Slices(batch, times);
      for (int slice = 0; slice < times; slice++) {
        double t = (slice + noise.uniform()) / times;
        for (int n = slices.first(slice); n < slices.first(slice + 1); n++) {
          labels[n * size() + flow.dimensions()] = t;
        }
      }
    }
  }

  /**
   * The dequantisation of each example as noise of the base, through the base's quantiles.
   *
   * <p>It is as independent of images as noise drawn anew, and makes paths straight where it is all
   * that an x consists of: at values that have a normal distribution of their own.
   */
  private static final class DequantisationAndTime extends NoiseAndTime {
    private static final long serialVersionUID = 1L;

    /** Keeps quantiles finite: a uniform number may be 0. */
    private static final double LEAST = 0x1p-54;

    private transient StillFlow still;

    DequantisationAndTime(FlowLayer layer, int batch, long seed) {
      super(layer, batch, seed);
    }

    @Override
    void fill(long key, long epoch, double[] to, int offset) {
      if (still == null) {
        still = new StillFlow(flow);
      }
      KeyedNoise noise = ExampleNoise.dequantisation(seed, key, epoch);
      double[] e = new double[flow.dimensions()];
      for (int i = 0; i < e.length; i++) {
        e[i] = flow.base().quantile(noise.uniform() + LEAST);
      }
      still.encode(e, to, offset);
    }
  }
}
