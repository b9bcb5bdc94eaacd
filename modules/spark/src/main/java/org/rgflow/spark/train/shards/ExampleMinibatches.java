package org.rgflow.spark.train.shards;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.spark.model.ExampleNoise;

/**
 * A shard of examples as an endless sequence of minibatches.
 *
 * <p>Epoch after epoch the shard is passed in a new order; batches run on across the end of an
 * epoch, so that every example counts equally. An example's augmentation and noise are keyed by its
 * own key and the epoch.
 */
final class ExampleMinibatches implements Minibatches {
  private static final long serialVersionUID = 1L;

  private final int batch;
  private final long seed;
  private final Augmentation augmentation;
  private final ExampleTransform transform;
  private final LabelNoise labelNoise;
  private final boolean doublePrecision;

  /** The order drawn last: minibatch after minibatch is of one epoch. */
  private transient Order last;

  /**
   * @param augmentation of examples, before they are transformed
   * @param labelNoise what the objective needs beside the examples
   */
  ExampleMinibatches(
      int batch,
      long seed,
      Augmentation augmentation,
      ExampleTransform transform,
      LabelNoise labelNoise,
      DataType dtype) {
    this.batch = batch;
    this.seed = seed;
    this.augmentation = augmentation;
    this.transform = transform;
    this.labelNoise = labelNoise;
    this.doublePrecision = dtype == DataType.DOUBLE;
  }

  @Override
  public Minibatch draw(int shard, Block block, long step) {
    int dimensions = block.geometry().dimensions();
    double[] input = new double[batch * dimensions];
    int labelSize = labelNoise.size();
    double[] labels = new double[batch * Math.max(1, labelSize)];
    double logDet = 0;
    for (int n = 0; n < batch; n++) {
      long position = step * batch + n;
      long epoch = position / block.size();
      int[] places = order(shard, epoch, block.size()).places();
      Example stored = block.get(places[(int) (position % block.size())]);
      long key = KeyedNoise.key(stored.key());
      Example example = augmentation.of(stored, seed, key, epoch);
      logDet += ExampleNoise.fillInput(example, transform, seed, key, epoch, input, n * dimensions);
      labelNoise.fill(key, epoch, labels, n * labelSize);
      labelNoise.condition(example, labels, n * labelSize);
    }
    labelNoise.complete(shard, step, labels);
    return new Minibatch(
        array(input, dimensions), array(labels, Math.max(1, labelSize)), logDet, batch);
  }

  private Order order(int shard, long epoch, int size) {
    Order known = last;
    if (known == null || !known.isOf(shard, epoch, size)) {
      KeyedNoise noise = new KeyedNoise(seed, shard, KeyedNoise.Purpose.SHUFFLE, epoch);
      known = new Order(shard, epoch, noise.permutation(size));
      last = known;
    }
    return known;
  }

  private INDArray array(double[] values, int width) {
    return HostValues.toArray(
        values, doublePrecision ? DataType.DOUBLE : DataType.FLOAT, batch, width);
  }

  /** In which order an epoch passes a shard. */
  private record Order(int shard, long epoch, int[] places) {
    boolean isOf(int someShard, long someEpoch, int size) {
      return shard == someShard && epoch == someEpoch && places.length == size;
    }
  }
}
