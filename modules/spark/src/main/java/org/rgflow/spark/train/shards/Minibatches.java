package org.rgflow.spark.train.shards;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.data.Block;

/** A shard as an endless sequence of minibatches, each a function of seed, shard and step. */
public interface Minibatches extends Serializable {
  /**
   * The minibatch of a step.
   *
   * @param block the shard's examples; null where nothing is stored
   */
  Minibatch draw(int shard, Block block, long step);

  /**
   * One minibatch.
   *
   * @param input (size, C * sites)
   * @param labels (size, label size); a column of zeros where none are needed, as DL4J wants some
   * @param logDetTransform sum over examples of log |dx/dy| of the pixel transform
   */
  record Minibatch(INDArray input, INDArray labels, double logDetTransform, int size)
      implements AutoCloseable {
    /** Frees both arrays, which no network may use any more. */
    @Override
    public void close() {
      input.close();
      labels.close();
    }
  }
}
