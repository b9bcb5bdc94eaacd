package org.rgflow.spark.lease;

import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.rgflow.spark.files.WholeFiles;

/** The claims to the lease of a folder, a file each, in a folder of it. */
final class Claims {
  private static final String SUFFIX = ".json";

  private final WholeFiles files;
  private final Path folder;
  private final Clock clock;
  private final Duration choosing;

  Claims(WholeFiles files, Path folder) {
    this(files, folder, Clock.systemUTC(), Duration.ofSeconds(30));
  }

  /**
   * With a clock of one's own, which tests set.
   *
   * @param choosing for a number to be chosen in, before others take the chooser for dead
   */
  Claims(WholeFiles files, Path folder, Clock clock, Duration choosing) {
    this.files = files;
    this.folder = folder;
    this.clock = clock;
    this.choosing = choosing;
  }

  Duration choosing() {
    return choosing;
  }

  Clock clock() {
    return clock;
  }

  Path folder() {
    return folder;
  }

  void write(Claim claim) {
    try {
      files.writeJson(file(claim), claim.json());
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e;
      }
      // the last one to leave has removed the folder at this moment
      files.writeJson(file(claim), claim.json());
    }
  }

  boolean has(Claim claim) {
    return files.read(file(claim)).isPresent();
  }

  void remove(Claim claim) {
    files.delete(file(claim));
    files.deleteIfEmpty(folder);
    files.deleteIfEmpty(folder.getParent()); // of work that came to nothing
  }

  private Path file(Claim claim) {
    return new Path(folder, claim.id() + SUFFIX);
  }

  /** Those of others that may still act; those that cannot are removed. */
  List<Claim> others(Claim mine) {
    return all().stream()
        .filter(claim -> !claim.id().equals(mine.id()))
        .filter(this::keep)
        .toList();
  }

  private boolean keep(Claim claim) {
    boolean alive = claim.isAlive(clock.instant());
    if (!alive) {
      remove(claim);
    }
    return alive;
  }

  /** Who has the lease, as far as can be seen without claiming it. */
  Optional<Claim> holder() {
    return all().stream()
        .filter(claim -> claim.number() > 0 && claim.isAlive(clock.instant()))
        .min(Comparator.comparingLong(Claim::number).thenComparing(Claim::id));
  }

  private List<Claim> all() {
    return files.list(folder).stream()
        .map(FileStatus::getPath)
        .filter(path -> path.getName().endsWith(SUFFIX))
        .map(files::readJson)
        .flatMap(Optional::stream) // one that has just been removed
        .map(Claim::of)
        .toList();
  }
}
