package org.rgflow.spark;

import java.time.Duration;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.IntSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * How many tasks an application is divided into where nobody says: Spark's default, which is the
 * cores of its executors, and at least two.
 *
 * <p>Executors come after their driver, on standalone Spark without its waiting for any, so that
 * one that counts at once finds two cores whatever the cluster has.
 */
public final class Cores {
  /** Without another executor, where it is known that more were asked for. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** Where it is not known: those of one application come within moments of each other. */
  private static final Duration QUIET_UNKNOWN = Duration.ofSeconds(1);

  private static final long LOOK_MILLISECONDS = 50;

  /** So that an application waits once. */
  private static final Map<SparkContext, Boolean> COUNTED = new WeakHashMap<>();

  private Cores() {}

  /**
   * Spark's default. The first to ask waits until all executors that were asked for have come, or
   * none has for some moments; at most as long as Spark's {@code
   * spark.scheduler.maxRegisteredResourcesWaitingTime}. Where executors come and go with the work
   * nothing is waited for.
   */
  public static int of(SparkContext spark) {
    synchronized (COUNTED) {
      if (COUNTED.put(spark, true) == null && isWorthWaiting(spark)) {
        SparkConf conf = spark.conf();
        int asked = askedFor(conf);
        settled(
            () -> executors(spark) == 0 ? 0 : spark.defaultParallelism(),
            asked == 0 ? Integer.MAX_VALUE : asked,
            asked == 0 ? QUIET_UNKNOWN : QUIET,
            Duration.ofSeconds(
                conf.getTimeAsSeconds("spark.scheduler.maxRegisteredResourcesWaitingTime", "30s")));
      }
    }
    return spark.defaultParallelism();
  }

  private static boolean isWorthWaiting(SparkContext spark) {
    SparkConf conf = spark.conf();
    return !spark.isLocal()
        && !conf.contains("spark.default.parallelism")
        && !conf.getBoolean("spark.dynamicAllocation.enabled", false);
  }

  private static int executors(SparkContext spark) {
    return spark.statusTracker().getExecutorInfos().length - 1; // one is the driver
  }

  /** Cores of all executors that there will be; 0 where that is not known. */
  private static int askedFor(SparkConf conf) {
    if (conf.get("spark.master").startsWith("spark://")) {
      return conf.getInt("spark.cores.max", 0);
    }
    return conf.getInt("spark.executor.instances", 0) * conf.getInt("spark.executor.cores", 1);
  }

  /**
   * Waits for a number that grows.
   *
   * @param enough to wait no longer
   * @param quiet how long it has stood still, above 0, to wait no longer
   * @param most to wait
   */
  static void settled(IntSupplier cores, int enough, Duration quiet, Duration most) {
    long begin = System.nanoTime();
    long changed = begin;
    int known = cores.getAsInt();
    while (known < enough && System.nanoTime() - begin < most.toNanos()) {
      if (known > 0 && System.nanoTime() - changed >= quiet.toNanos()) {
        return;
      }
      try {
        Thread.sleep(LOOK_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      int now = cores.getAsInt();
      changed = now == known ? changed : System.nanoTime();
      known = now;
    }
  }
}
