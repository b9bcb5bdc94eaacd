package org.rgflow.spark.score;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import scala.Tuple2;

/** Numbers by their rank, found by a sort on the executors: few of them reach the driver. */
public final class Ranks {
  private Ranks() {}

  /**
   * The numbers of some ranks.
   *
   * @param numbers of one column, none of them null
   * @param ranks in ascending order, counted from 0
   */
  public static Map<Long, Double> of(Dataset<Double> numbers, Collection<Long> ranks) {
    Set<Long> wanted = new HashSet<>(ranks);
    return numbers
        .sort(numbers.col("`" + numbers.columns()[0] + "`"))
        .toJavaRDD()
        .zipWithIndex()
        .filter(number -> wanted.contains(number._2()))
        .mapToPair(Tuple2::swap)
        .collectAsMap();
  }

  /** The rank of the least number that so large a share of all are not above. */
  public static long of(double share, long count) {
    return Math.max(0, (long) Math.ceil(share * count) - 1);
  }
}
