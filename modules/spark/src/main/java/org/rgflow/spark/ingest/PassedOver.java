package org.rgflow.spark.ingest;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Files of no known format, counted by how their names end. */
final class PassedOver {
  /** Endings that a line has room for. */
  private static final int SHOWN = 5;

  private final Map<String, Long> byEnding = new ConcurrentHashMap<>();

  /** A file's name, by any thread. */
  void add(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    byEnding.merge(dot < 0 ? "without an ending" : file.substring(dot), 1L, Long::sum);
  }

  boolean isEmpty() {
    return byEnding.isEmpty();
  }

  /** As in {@code 3 files were passed over: 2 .txt, 1 .md}. */
  @Override
  public String toString() {
    long all = byEnding.values().stream().mapToLong(Long::longValue).sum();
    String most =
        byEnding.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(SHOWN)
            .map(one -> one.getValue() + " " + one.getKey())
            .collect(Collectors.joining(", "));
    return all
        + (all == 1 ? " file was" : " files were")
        + " passed over: "
        + most
        + (byEnding.size() > SHOWN ? " and others" : "");
  }
}
