package org.rgflow.spark;

import java.time.Duration;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.IntSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * The cores of an application: how many tasks it runs at once.
 *
 * <p>Executors come after their driver, on standalone Spark without its waiting for any, so that
 * one that counts at once finds two cores whatever the cluster has.
 */
public final class Cores {
  /** Without another executor: those that were asked for come within moments of each other. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private static final long LOOK_MILLISECONDS = 50;

  /** So that an application waits once. */
  private static final Map<SparkContext, Boolean> COUNTED = new WeakHashMap<>();

  private Cores() {}

  /**
   * The cores of executors that have come. The first to ask waits until none has come for some
   * moments, or all that were asked for are there; at most as long as Spark's {@code
   * spark.scheduler.maxRegisteredResourcesWaitingTime}.
   */
  public static int of(SparkContext spark) {
    synchronized (COUNTED) {
      if (!spark.isLocal() && COUNTED.put(spark, true) == null) {
        SparkConf conf = spark.conf();
        settled(
            () -> executors(spark) == 0 ? 0 : spark.defaultParallelism(),
            askedFor(conf),
            QUIET,
            Duration.ofSeconds(
                conf.getTimeAsSeconds("spark.scheduler.maxRegisteredResourcesWaitingTime", "30s")));
      }
    }
    return spark.defaultParallelism();
  }

  private static int executors(SparkContext spark) {
    return spark.statusTracker().getExecutorInfos().length - 1; // one is the driver
  }

  /** Cores of all executors that there will be; more than any where that is not known. */
  private static int askedFor(SparkConf conf) {
    int executors = conf.getInt("spark.executor.instances", 0);
    int ofThese = executors * conf.getInt("spark.executor.cores", 1);
    return conf.getInt("spark.cores.max", executors > 0 ? ofThese : Integer.MAX_VALUE);
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
