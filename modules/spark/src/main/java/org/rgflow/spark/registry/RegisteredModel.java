package org.rgflow.spark.registry;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
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
  private static final String LEASE = "lease";

  private final WholeFiles files;
  private final Path root;
  private final Champions champions;

  RegisteredModel(WholeFiles files, Path root) {
    this.files = files;
    this.root = root;
    this.champions = new Champions(files, new Path(root, "aliases"));
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

  /**
   * The versions that are complete, by number; those of {@link #damagedVersions()} are left out.
   */
  public List<Version> versions() {
    return versions(new TreeMap<>());
  }

  /** What is wrong with versions whose manifest cannot be read, a line each, by number. */
  public SortedMap<Integer, String> damagedVersions() {
    SortedMap<Integer, String> damages = new TreeMap<>();
    versions(damages);
    return damages;
  }

  private List<Version> versions(SortedMap<Integer, String> damages) {
    List<Version> versions = new ArrayList<>();
    for (int number : numbers()) {
      try {
        version(number).ifPresent(versions::add);
      } catch (DataException e) {
        damages.put(number, e.getMessage());
      }
    }
    return versions;
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
    Optional<Version> version =
        files.readJson(manifest).map(json -> Version.of(manifest.toString(), json));
    version
        .filter(found -> found.number() != number)
        .ifPresent(
            found -> {
              throw new DataException(manifest + ": is of version " + found.number());
            });
    return version;
  }

  /**
   * The version of a number.
   *
   * @throws DataException with those that there are, if it is not there; if its manifest is damaged
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
   * @throws DataException if there is none, or {@link #championVersion()} cannot be had
   */
  public Version requireChampion() {
    return championVersion().orElseThrow(() -> new DataException(root + ": has no champion yet"));
  }

  /**
   * The version that is champion; empty before the first promotion.
   *
   * @throws DataException with the remedy, if the champion is damaged or lost, or its version is
   */
  public Optional<Version> championVersion() {
    return champion().map(Champion::version).map(this::championVersion);
  }

  private Version championVersion(int number) {
    try {
      return version(number).orElseThrow(() -> new DataException(folder(number) + ": is missing"));
    } catch (DataException e) {
      throw unusable(number, e);
    }
  }

  private static DataException unusable(int champion, DataException why) {
    return new DataException(
        why.getMessage()
            + "; version "
            + champion
            + " is the champion; allowed: registry promote, of another version",
        why);
  }

  /**
   * Why the champion cannot be used, in a line, as far as names and lengths of files tell; empty if
   * it can, or there is none yet.
   */
  public Optional<String> championDamage() {
    try {
      championVersion().ifPresent(this::requireModel);
      return Optional.empty();
    } catch (DataException e) {
      return Optional.of(e.getMessage());
    }
  }

  private void requireModel(Version version) {
    try {
      version.sums().requireLength(files, new Path(folder(version.number()), Version.MODEL));
    } catch (DataException e) {
      throw unusable(version.number(), e);
    }
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
    for (Version before : versions()) {
      if (before.run().equals(run)) {
        return before;
      }
    }
    int number = nextNumber();
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

  /** Above all that are there, damaged or not, and all that ever were champion. */
  private int nextNumber() {
    SortedMap<Integer, String> damages = new TreeMap<>();
    Stream<Integer> there = versions(damages).stream().map(Version::number);
    Stream<Integer> were = champions.all().stream().map(Champion::version);
    return 1
        + Stream.of(there, damages.keySet().stream(), were)
            .flatMap(numbers -> numbers)
            .reduce(0, Math::max);
  }

  /**
   * The champion; empty before the first promotion.
   *
   * @throws DataException with the remedy, if it is damaged or lost
   */
  public Optional<Champion> champion() {
    return champions.now();
  }

  /**
   * Every champion so far, the first one first; where the present one is damaged or lost, those of
   * the history.
   */
  public List<Champion> champions() {
    return champions.all();
  }

  /**
   * Makes a version the champion; the one that is it stays as it is. A champion that was damaged or
   * lost is replaced, after the last of the history.
   *
   * @param run that promotes it; empty by hand
   * @throws DataException if there is no such version, or its files are damaged
   */
  public Champion promote(Lease lease, int version, String run, String reason) {
    requireWhole(version);
    return champions.promote(lease, version, run, reason);
  }

  /**
   * Takes back the promotion that made the champion what it is: the one before is it again.
   *
   * @throws DataException if there is none, or its files are damaged
   */
  public Champion rollback(Lease lease, String reason) {
    Deque<Integer> standing = champions.standing();
    if (standing.size() < 2) {
      throw new DataException(
          root
              + ": no champion before this one to roll back to; allowed: registry promote, of "
              + versions().stream().map(Version::number).toList());
    }
    standing.pop();
    requireWhole(standing.peek());
    return champions.replace(lease, standing.peek(), true, "", reason);
  }

  private void requireWhole(int number) {
    Version version = requireVersion(number);
    Path folder = folder(number);
    version
        .sums()
        .files()
        .keySet()
        .forEach(n -> version.sums().require(files, new Path(folder, n)));
  }

  /**
   * What {@link #prune} removes: of damaged versions those that are older than the newest.
   *
   * @param keep newest versions that stay, at least 1
   * @throws DataException with the remedy, if the champion is damaged or lost
   */
  public List<Integer> prunable(int keep) {
    SortedMap<Integer, String> damages = new TreeMap<>();
    List<Integer> complete = versions(damages).stream().map(Version::number).toList();
    Set<Integer> kept =
        new HashSet<>(complete.subList(Math.max(0, complete.size() - keep), complete.size()));
    champion().ifPresent(champion -> kept.add(champion.version()));
    champions.standing().stream().limit(2).forEach(kept::add);
    int newest = complete.stream().reduce(0, Math::max);
    return Stream.concat(complete.stream(), damages.keySet().stream())
        .filter(number -> number < newest && !kept.contains(number))
        .sorted()
        .toList();
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
