package org.rgflow.spark.registry;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.lease.Lease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which version was champion when.
 *
 * <pre>
 *   champion.json                              the champion
 *   champion-history/00000001.json, ...        every change of it, never written over
 * </pre>
 *
 * A champion is replaced when {@code champion.json} is; the history has it after, and at the latest
 * when the next one comes. So a history without a champion has lost it.
 */
final class Champions {
  private static final Logger LOG = LoggerFactory.getLogger(Champions.class);

  private static final String HISTORY = "champion-history";
  private static final String ENTRY = "[0-9]{8,9}[.]json";

  private final WholeFiles files;
  private final Path alias;
  private final Path history;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  Champions(WholeFiles files, Path folder) {
    this.files = files;
    this.alias = new Path(folder, "champion.json");
    this.history = new Path(folder, HISTORY);
  }

  /**
   * The champion; empty before the first.
   *
   * @throws DataException with the remedy, if it is damaged or lost
   */
  Optional<Champion> now() {
    try {
      return read().or(this::requireNone);
    } catch (DataException e) {
      String last =
          lastRecorded()
              .map(champion -> "; the last of " + HISTORY + " is version " + champion.version())
              .orElse("");
      throw new DataException(e.getMessage() + last + "; allowed: registry promote", e);
    }
  }

  private Optional<Champion> read() {
    return files.readJson(alias).map(json -> Champion.of(alias.toString(), json));
  }

  private Optional<Champion> requireNone() {
    boolean wasAny = !numbers().isEmpty();
    // the first may have come since
    Optional<Champion> champion = read();
    if (wasAny && champion.isEmpty()) {
      throw new DataException(alias + ": is missing");
    }
    return champion;
  }

  /** The same, but in the place of one that is damaged or lost the last of the history. */
  Optional<Champion> last() {
    try {
      return now();
    } catch (DataException e) {
      return lastRecorded();
    }
  }

  private Optional<Champion> lastRecorded() {
    return Optional.ofNullable(recorded().lastEntry()).map(Map.Entry::getValue);
  }

  /** Every change of champion that led to the last, the first one first. */
  List<Champion> all() {
    NavigableMap<Integer, Champion> recorded = recorded();
    Deque<Champion> all = new ArrayDeque<>();
    last().ifPresent(all::push);
    while (!all.isEmpty() && recorded.floorKey(all.peek().after()) != null) {
      all.push(recorded.floorEntry(all.peek().after()).getValue());
    }
    return List.copyOf(all);
  }

  /** Versions: the champion, before it the one that a rollback would make it, and so on. */
  Deque<Integer> standing() {
    Deque<Integer> standing = new ArrayDeque<>();
    for (Champion champion : all()) {
      if (champion.rollback()) {
        standing.poll();
      }
      // a rollback comes back to it, unless the history has lost some
      if (standing.isEmpty() || standing.peek() != champion.version()) {
        standing.push(champion.version());
      }
    }
    return standing;
  }

  /** Makes a version the champion; one that is the last already is written again if need be. */
  Champion promote(Lease lease, int version, String run, String reason) {
    Optional<Champion> last = last().filter(champion -> champion.version() == version);
    if (last.isEmpty()) {
      return replace(lease, version, false, run, reason);
    }
    if (isLost()) {
      lease.require();
      files.writeJson(alias, last.get().json());
    }
    return last.get();
  }

  private boolean isLost() {
    try {
      return now().isEmpty();
    } catch (DataException e) {
      return true;
    }
  }

  /** Makes another version the champion. */
  Champion replace(Lease lease, int version, boolean rollback, String run, String reason) {
    Optional<Champion> before = last();
    int after = before.map(Champion::sequence).orElse(0);
    int highest = numbers().stream().reduce(after, Math::max);
    Champion champion =
        new Champion(
            highest + 1,
            after,
            version,
            before.map(Champion::version).orElse(0),
            rollback,
            run,
            reason,
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    before.ifPresent(one -> record(lease, one));
    lease.require();
    files.writeJson(alias, champion.json());
    record(lease, champion);
    return champion;
  }

  private void record(Lease lease, Champion champion) {
    if (!recorded().containsKey(champion.sequence())) {
      String entry = String.format(Locale.ROOT, "%08d.json", champion.sequence());
      lease.require();
      files.writeJson(new Path(history, entry), champion.json());
    }
  }

  /** Numbers of the history's files, which may be damaged. */
  private List<Integer> numbers() {
    return entries().stream()
        .map(entry -> entry.getName().substring(0, entry.getName().indexOf('.')))
        .map(Integer::valueOf)
        .toList();
  }

  private List<Path> entries() {
    return files.list(history).stream()
        .map(file -> file.getPath())
        .filter(file -> file.getName().matches(ENTRY))
        .toList();
  }

  /** The changes that the history has, by number; with some that never came to be. */
  private NavigableMap<Integer, Champion> recorded() {
    NavigableMap<Integer, Champion> recorded = new TreeMap<>();
    for (Path entry : entries()) {
      try {
        files
            .readJson(entry)
            .map(json -> Champion.of(entry.toString(), json))
            .ifPresent(champion -> recorded.put(champion.sequence(), champion));
      } catch (DataException e) {
        if (said.add(e.getMessage())) {
          LOG.warn("{}; the change of champion is passed over", e.getMessage());
        }
      }
    }
    return Collections.unmodifiableNavigableMap(recorded);
  }
}
