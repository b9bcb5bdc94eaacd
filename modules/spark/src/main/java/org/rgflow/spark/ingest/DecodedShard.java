package org.rgflow.spark.ingest;

import java.io.Serializable;
import org.rgflow.data.Block;
import org.rgflow.data.DataException;

/**
 * A shard's examples, or what is wrong with the first that cannot be taken.
 *
 * <p>Bad data are a result, not a failure: Spark would try the task again, in vain. A plain class,
 * as Kryo 4 cannot read records.
 */
public final class DecodedShard implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Block block;
  private final String error;

  private DecodedShard(Block block, String error) {
    this.block = block;
    this.error = error;
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private DecodedShard() {
    this(null, null);
  }

  static DecodedShard of(Block block) {
    return new DecodedShard(block, null);
  }

  static DecodedShard failed(String error) {
    return new DecodedShard(null, error);
  }

  /** What is wrong, one line; null if nothing. */
  public String error() {
    return error;
  }

  /**
   * The examples.
   *
   * @throws DataException with the {@link #error()} if there is one
   */
  public Block require() {
    if (error != null) {
      throw new DataException(error);
    }
    return block;
  }
}
