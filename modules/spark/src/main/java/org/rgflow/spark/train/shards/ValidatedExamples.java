package org.rgflow.spark.train.shards;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.DoubleStream;
import org.apache.spark.api.java.JavaRDD;
import org.rgflow.data.Block;
import org.rgflow.spark.ingest.Selection;

/**
 * The held-out examples that a run validates on where there are more than it may: those of the
 * lowest {@link Selection#place places}, which lie all over the set whatever its order, and are the
 * same for every number of shards.
 */
final class ValidatedExamples {
  private ValidatedExamples() {}

  /**
   * Blocks of so many examples, or of fewer where keys are not unique, a partition for each of the
   * held-out set's.
   *
   * @param heldOut of more examples than that
   */
  static JavaRDD<Block> of(JavaRDD<Block> heldOut, long seed, int examples) {
    // below the first that is one too many
    int places = examples + 1;
    double[] lowest =
        heldOut.aggregate(
            new double[0],
            (found, block) -> lowest(found, lowest(block, seed, places), places),
            (one, other) -> lowest(one, other, places));
    Selection chosen = Selection.heldOut(seed, lowest[examples]);
    return heldOut.flatMap(block -> chosen(block, chosen));
  }

  /** In order; no more than so many are held at a time. */
  private static double[] lowest(Block block, long seed, int count) {
    PriorityQueue<Double> lowest = new PriorityQueue<>(Comparator.reverseOrder());
    for (int i = 0; i < block.size(); i++) {
      lowest.add(Selection.place(seed, block.key(i)));
      if (lowest.size() > count) {
        lowest.remove();
      }
    }
    return lowest.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private static double[] lowest(double[] one, double[] other, int count) {
    return DoubleStream.concat(DoubleStream.of(one), DoubleStream.of(other))
        .sorted()
        .limit(count)
        .toArray();
  }

  /** A block of the chosen, or nothing. */
  private static Iterator<Block> chosen(Block block, Selection chosen) {
    Block.Builder kept = new Block.Builder();
    for (int i = 0; i < block.size(); i++) {
      if (chosen.test(block.key(i))) {
        kept.add(block.get(i));
      }
    }
    return kept.size() == 0 ? List.<Block>of().iterator() : List.of(kept.build()).iterator();
  }
}
