package org.rgflow.spark.registry;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.files.FileSums;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseHeldException;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.model.FlowModel;

/**
 * One model of a registry: its versions, which of them is the champion, and which was.
 *
 * <pre>
 *   versions/N/model.zip, ...            the files of a version
 *   versions/N/version.json              last: their sizes and SHA-256
 *   aliases/champion.json                the version in use
 *   aliases/champion-history/00000001.json, ...
 *   lease/                               who may write
 *   runs/                                retrainings
 * </pre>
 *
 * A version is there when its {@code version.json} is, and never changes after; a champion is
 * replaced in one instant. Whatever writes holds the {@link Lease}.
 */
public final class RegisteredModel {
  private static final String VERSIONS = "versions";
  private static final String MANIFEST = "version.json";
  private static final String CHAMPION = "champion.json";
  private static final String LEASE = "lease";

  private final WholeFiles files;
  private final Path root;

  RegisteredModel(WholeFiles files, Path root) {
    this.files = files;
    this.root = root;
  }

  /** What it is registered as. */
  public String name() {
    return root.getName();
  }

  /** Where it is. */
  public String uri() {
    return root.toString();
  }

  /** Where its retrainings are. */
  public Path runs() {
    return new Path(root, "runs");
  }

  /** The folder's files, for what else belongs to the model. */
  public WholeFiles files() {
    return files;
  }

  /**
   * Waits for the lease at most as long as asked, and takes it.
   *
   * @throws LeaseHeldException if another has it
   */
  public Lease lease(LeaseTerms terms) {
    return Lease.of(files, root, LEASE, terms);
  }

  /** Who holds the lease, in words; empty if nobody does. */
  public Optional<String> leaseHolder() {
    return Lease.holder(files, root, LEASE);
  }

  /** The versions that are complete, by number. */
  public List<Version> versions() {
    return numbers().stream().map(this::version).flatMap(Optional::stream).toList();
  }

  private List<Integer> numbers() {
    return files.list(new Path(root, VERSIONS)).stream()
        .filter(FileStatus::isDirectory)
        .map(folder -> folder.getPath().getName())
        .filter(name -> name.matches("[1-9][0-9]{0,8}"))
        .map(Integer::valueOf)
        .sorted()
        .toList();
  }

  private Optional<Version> version(int number) {
    Path manifest = new Path(folder(number), MANIFEST);
    return files.readJson(manifest).map(json -> Version.of(manifest.toString(), json));
  }

  /**
   * The version of a number.
   *
   * @throws DataException with those that there are, if it is not there
   */
  public Version requireVersion(int number) {
    return version(number)
        .orElseThrow(
            () ->
                new DataException(
                    root
                        + ": has no version "
                        + number
                        + "; allowed: "
                        + versions().stream().map(Version::number).toList()));
  }

  /** Where a version is, or would be. */
  public Path folder(int number) {
    return new Path(new Path(root, VERSIONS), Integer.toString(number));
  }

  /**
   * One file of a version.
   *
   * @throws DataException if it is missing or damaged
   */
  public byte[] read(Version version, String name) {
    return version.sums().read(files, new Path(folder(version.number()), name));
  }

  /**
   * The model of a version.
   *
   * @throws DataException if it is missing or damaged
   */
  public FlowModel model(Version version) {
    Path file = new Path(folder(version.number()), Version.MODEL);
    return version.sums().read(files, file, in -> FlowModel.load(file.toString(), in));
  }

  /**
   * The version that is champion.
   *
   * @throws DataException if there is none
   */
  public Version requireChampion() {
    Champion champion =
        champion().orElseThrow(() -> new DataException(root + ": has no champion yet"));
    return requireVersion(champion.version());
  }

  /**
   * The champion's model.
   *
   * @throws DataException if there is no champion, or its file is damaged
   */
  public FlowModel championModel() {
    return model(requireChampion());
  }

  /**
   * Publishes a run's version; one that it has published before is what it was.
   *
   * @param contents of its files, by name; with {@link Version#MODEL}
   */
  public Version publish(Lease lease, String run, Map<String, Content> contents) {
    int number = 1;
    for (Version before : versions()) {
      if (before.run().equals(run)) {
        return before;
      }
      number = before.number() + 1;
    }
    Path folder = folder(number);
    lease.require();
    files.delete(folder); // of one that died before its manifest
    Map<String, FileSums.Sum> sums = new LinkedHashMap<>();
    contents.forEach(
        (name, content) -> {
          lease.require();
          sums.put(name, FileSums.write(files, new Path(folder, name), content));
        });
    Version version = new Version(number, run, now(), new FileSums(sums));
    lease.require();
    files.writeJson(new Path(folder, MANIFEST), version.json());
    return version;
  }

  /** The champion; empty before the first promotion. */
  public Optional<Champion> champion() {
    return files.readJson(alias()).map(Champion::of);
  }

  private Path alias() {
    return new Path(new Path(root, "aliases"), CHAMPION);
  }

  private Path history() {
    return new Path(new Path(root, "aliases"), "champion-history");
  }

  /** Every champion so far, the first one first. */
  public List<Champion> champions() {
    int last = champion().map(Champion::sequence).orElse(0);
    List<Champion> champions = new ArrayList<>();
    for (FileStatus file : files.list(history())) {
      if (file.getPath().getName().endsWith(".json")) {
        files
            .readJson(file.getPath())
            .map(Champion::of)
            // a later one is of a promotion that died half-way
            .filter(champion -> champion.sequence() <= last)
            .ifPresent(champions::add);
      }
    }
    champions.sort(Comparator.comparingInt(Champion::sequence));
    return champions;
  }

  /**
   * Makes a version the champion; the one that is it stays as it is.
   *
   * @param run that promotes it; empty by hand
   * @throws DataException if there is no such version, or its files are damaged
   */
  public Champion promote(Lease lease, int version, String run, String reason) {
    return champion()
        .filter(champion -> champion.version() == version)
        .orElseGet(() -> replace(lease, version, false, run, reason));
  }

  /**
   * Takes back the promotion that made the champion what it is: the one before is it again.
   *
   * @throws DataException if there is none
   */
  public Champion rollback(Lease lease, String reason) {
    Deque<Integer> standing = standing();
    if (standing.size() < 2) {
      throw new DataException(
          root
              + ": no champion before this one to roll back to; allowed: registry promote, of "
              + versions().stream().map(Version::number).toList());
    }
    standing.pop();
    return replace(lease, standing.peek(), true, "", reason);
  }

  /** The champion, before it the one that a rollback would make champion again, and so on. */
  private Deque<Integer> standing() {
    Deque<Integer> standing = new ArrayDeque<>();
    for (Champion champion : champions()) {
      if (champion.rollback()) {
        standing.pop();
      } else {
        standing.push(champion.version());
      }
    }
    return standing;
  }

  private Champion replace(Lease lease, int version, boolean rollback, String run, String reason) {
    Version found = requireVersion(version);
    Path folder = folder(found.number());
    found.sums().files().keySet().forEach(n -> found.sums().require(files, new Path(folder, n)));
    Optional<Champion> before = champion();
    Champion champion =
        new Champion(
            1 + before.map(Champion::sequence).orElse(0),
            version,
            before.map(Champion::version).orElse(0),
            rollback,
            run,
            reason,
            now());
    lease.require();
    String entry = String.format(Locale.ROOT, "%08d.json", champion.sequence());
    files.writeJson(new Path(history(), entry), champion.json());
    lease.require();
    files.writeJson(alias(), champion.json());
    return champion;
  }

  /**
   * What {@link #prune} removes.
   *
   * @param keep newest versions that stay, at least 1
   */
  public List<Integer> prunable(int keep) {
    List<Integer> complete = versions().stream().map(Version::number).toList();
    Set<Integer> kept =
        new HashSet<>(complete.subList(Math.max(0, complete.size() - keep), complete.size()));
    champion().ifPresent(champion -> kept.add(champion.version()));
    standing().stream().limit(2).forEach(kept::add);
    return complete.stream().filter(number -> !kept.contains(number)).toList();
  }

  /** Removes versions but the newest, the champion, and the one that a rollback would return to. */
  public List<Integer> prune(Lease lease, int keep) {
    List<Integer> removed = prunable(keep);
    for (int number : removed) {
      lease.require();
      // its manifest first: what is half removed is no version
      files.delete(new Path(folder(number), MANIFEST));
      files.delete(folder(number));
    }
    return removed;
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
