package org.rgflow.spark.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rgflow.dl4j.FlowNetwork;

/**
 * Networks of an executor, each used by one task at a time: their buffers outlive a round.
 *
 * <p>A task that fails does not give its network back.
 */
final class NetworkPool {
  private static final Map<String, Deque<MultiLayerNetwork>> IDLE = new ConcurrentHashMap<>();

  private NetworkPool() {}

  /** An idle network of a run's phase, or a new one; those of others are closed. */
  static MultiLayerNetwork take(String run, Supplier<MultiLayerNetwork> create) {
    IDLE.keySet().stream().filter(other -> !other.equals(run)).forEach(NetworkPool::close);
    Deque<MultiLayerNetwork> idle = idle(run);
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return create.get();
  }

  static void give(String run, MultiLayerNetwork network) {
    Deque<MultiLayerNetwork> idle = idle(run);
    synchronized (idle) {
      idle.push(network);
    }
  }

  private static Deque<MultiLayerNetwork> idle(String run) {
    return IDLE.computeIfAbsent(run, key -> new ArrayDeque<>());
  }

  private static void close(String run) {
    Deque<MultiLayerNetwork> idle = IDLE.remove(run);
    if (idle != null) {
      synchronized (idle) {
        idle.forEach(network -> FlowNetwork.layer(network).close());
        idle.clear();
      }
    }
  }
}
