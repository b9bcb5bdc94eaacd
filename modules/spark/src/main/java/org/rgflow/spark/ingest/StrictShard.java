package org.rgflow.spark.ingest;

import java.util.Collections;
import java.util.Iterator;
import java.util.function.UnaryOperator;
import org.rgflow.data.Block;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;

/** Gathers a partition's examples, which must all be of one shape and kind. */
final class StrictShard {
  private StrictShard() {}

  /**
   * The block, or what is wrong with the first that does not go with the others; nothing of no
   * examples.
   *
   * @param key of the example that shape and kind are of
   * @param placed an error of the example that came last, as the shard tells it
   */
  static Iterator<DecodedShard> of(
      Iterator<DecodedExample> examples,
      Shape shape,
      boolean arePixels,
      String key,
      UnaryOperator<String> placed) {
    Block.Builder block = new Block.Builder();
    try {
      while (examples.hasNext()) {
        Example example = examples.next().require();
        example.geometry().requireSame(example.key(), shape);
        requireKind(example, arePixels, key);
        block.add(example);
      }
    } catch (DataException e) {
      return Collections.singleton(DecodedShard.failed(placed.apply(e.getMessage()))).iterator();
    }
    return block.size() == 0
        ? Collections.emptyIterator()
        : Collections.singleton(DecodedShard.of(block.build())).iterator();
  }

  private static void requireKind(Example example, boolean arePixels, String key) {
    if (example.isPixels() != arePixels) {
      throw new DataException(
          example.key()
              + ": "
              + (example.isPixels() ? "pixels" : "real values")
              + "; allowed: "
              + (arePixels ? "pixels" : "real values")
              + ", as "
              + key);
    }
  }
}
