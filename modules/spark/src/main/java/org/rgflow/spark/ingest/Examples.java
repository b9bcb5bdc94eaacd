package org.rgflow.spark.ingest;

import org.apache.spark.api.java.JavaRDD;
import org.rgflow.data.Shape;

/** A set of examples to learn from or to validate on. */
public interface Examples {
  /**
   * Shape of one example, which all must have.
   *
   * @throws org.rgflow.data.DataException if that example cannot be read
   */
  Shape shape();

  /**
   * Whether that example is of 8-bit pixels, not of real values.
   *
   * @throws org.rgflow.data.DataException if that example cannot be read
   */
  boolean isPixels();

  /** These examples, each with its class where that is known. */
  default Examples labelled() {
    return this;
  }

  /**
   * The selected examples as blocks, one to a partition, decoded in tasks: what a shard holds
   * depends on the set and the number of shards alone.
   *
   * <p>Of fewer examples than shards each is a shard. A shard of which nothing is selected has no
   * block: its partition is empty. An example that cannot be read, or is not of the first's shape
   * and kind, is the shard's error.
   *
   * @param shards at least 1
   */
  JavaRDD<DecodedShard> shards(int shards, Selection select);
}
