package org.rgflow.spark.train.shards;

import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.Block;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.flow.Base;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.spark.model.ExampleNoise;

/** Latents of the base, each keyed by seed, shard and how many came before it. */
public final class LatentMinibatches implements Minibatches {
  private static final long serialVersionUID = 1L;

  private final int batch;
  private final int dimensions;
  private final Base base;
  private final long seed;
  private final LabelNoise labelNoise;
  private final boolean doublePrecision;

  /** Minibatches for a layer, of a seed. */
  public LatentMinibatches(FlowLayer layer, int batch, long seed, DataType dtype) {
    this.batch = batch;
    this.dimensions = layer.flow().dimensions();
    this.base = layer.flow().base();
    this.seed = seed;
    this.labelNoise = LabelNoise.of(layer, false, batch, seed);
    this.doublePrecision = dtype == DataType.DOUBLE;
  }

  @Override
  public Minibatch draw(int shard, Block block, long step) {
    int labelSize = labelNoise.size();
    double[] input = new double[batch * dimensions];
    double[] labels = new double[batch * Math.max(1, labelSize)];
    for (int n = 0; n < batch; n++) {
      long position = step * batch + n;
      ExampleNoise.fillLatents(base, seed, shard, position, input, n * dimensions, dimensions);
      labelNoise.fill(shard, position, labels, n * labelSize);
    }
    labelNoise.complete(shard, step, labels);
    DataType type = doublePrecision ? DataType.DOUBLE : DataType.FLOAT;
    return new Minibatch(
        HostValues.toArray(input, type, batch, dimensions),
        HostValues.toArray(labels, type, batch, Math.max(1, labelSize)),
        0,
        batch);
  }
}
