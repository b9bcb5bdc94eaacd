package org.rgflow.spark.train.averaging;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rgflow.dl4j.FlowNetwork;

/**
 * Networks of an executor, each used by one task at a time: their buffers outlive a round, and end
 * soon after the last one.
 *
 * <p>A task that fails does not give its network back.
 */
final class NetworkPool {
  /** Longer than the driver takes between two rounds, as a rule; a network is soon made anew. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Deque<Idle> IDLE = new ArrayDeque<>();
  private static final ScheduledExecutorService CLOSING =
      Executors.newSingleThreadScheduledExecutor(NetworkPool::daemon);

  /** By {@link System#nanoTime}. */
  private record Idle(String configuration, MultiLayerNetwork network, long since) {}

  private NetworkPool() {}

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "rgflow-network-pool");
    thread.setDaemon(true);
    return thread;
  }

  /** An idle network of a configuration, or a new one; those of others are closed. */
  static MultiLayerNetwork take(String configuration, Supplier<MultiLayerNetwork> create) {
    synchronized (IDLE) {
      closeIf(idle -> !idle.configuration().equals(configuration));
      if (!IDLE.isEmpty()) {
        return IDLE.pop().network();
      }
    }
    return create.get();
  }

  static void give(String configuration, MultiLayerNetwork network) {
    synchronized (IDLE) {
      IDLE.push(new Idle(configuration, network, System.nanoTime()));
    }
    CLOSING.schedule(
        () -> closeIdle(System.nanoTime()), PATIENCE.toMillis() + 1, TimeUnit.MILLISECONDS);
  }

  /** Closes those that have been idle for longer than there is patience. */
  static void closeIdle(long now) {
    synchronized (IDLE) {
      closeIf(idle -> now - idle.since() >= PATIENCE.toNanos());
    }
  }

  private static void closeIf(Predicate<Idle> isOver) {
    IDLE.stream().filter(isOver).forEach(idle -> FlowNetwork.layer(idle.network()).close());
    IDLE.removeIf(isOver);
  }
}
