package org.rgflow.spark.train.averaging;

import java.io.Serializable;

/** What a shard's task hands on to the one that averages a block: its sums, and its block. */
final class ShardBlock implements Serializable {
  private static final long serialVersionUID = 1L;

  private int block;
  private ShardResult result;
  private NetworkState state;

  /** For deserialisation. */
  ShardBlock() {}

  /**
   * @param block its place; 0 is that of results alone
   * @param state the block itself; null where results are alone
   */
  ShardBlock(int block, ShardResult result, NetworkState state) {
    this.block = block;
    this.result = result;
    this.state = state;
  }

  /** Sorts by block, and within a block by shard. */
  long key() {
    return (long) block << Integer.SIZE | result.shard();
  }

  /** The block of a key. */
  static int block(long key) {
    return (int) (key >>> Integer.SIZE);
  }

  ShardResult result() {
    return result;
  }

  NetworkState state() {
    return state;
  }
}
