package org.rgflow.spark.train.averaging;

import java.util.Comparator;
import java.util.List;

/**
 * A task that took more than twice as long as half of the round's tasks, and a second more.
 *
 * @param shard its number
 * @param executor where it ran
 * @param seconds it took
 * @param median of all tasks' seconds
 */
public record Straggler(int shard, String executor, double seconds, double median) {
  private static final double FACTOR = 2;
  private static final double SECONDS = 1;

  /** The slowest of a round, if the others waited for it; null otherwise. */
  public static Straggler of(List<ShardResult> results) {
    List<ShardResult> bySeconds =
        results.stream().sorted(Comparator.comparingDouble(ShardResult::seconds)).toList();
    ShardResult slowest = bySeconds.get(bySeconds.size() - 1);
    double median = bySeconds.get((bySeconds.size() - 1) / 2).seconds();
    return slowest.seconds() > FACTOR * median && slowest.seconds() > median + SECONDS
        ? new Straggler(slowest.shard(), slowest.executor(), slowest.seconds(), median)
        : null;
  }
}
