package org.rgflow.spark.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.files.FileSums;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.model.FlowModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run, a folder each.
 *
 * <p>A manifest, with the sizes and SHA-256 of the folder's files, is written last: a folder
 * without one is incomplete, one that does not match it is damaged. Readers pass over both, and say
 * so once.
 */
final class Checkpoints {
  private static final String MANIFEST = "manifest.json";
  private static final String MODEL = "model.zip";
  private static final String OUTER = "outer.npz";
  private static final String PREFIX = "round-";
  private static final String HELD_OUT_LOSS = "held_out_loss";

  /** 2 has the rollbacks, and in the manifest the loss and where the checkpoint comes from. */
  private static final int FORMAT = 2;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private final WholeFiles files;
  private final Path root;
  private final Set<String> said = new HashSet<>();

  Checkpoints(WholeFiles files, Path root) {
    this.files = files;
    this.root = root;
  }

  /**
   * A checkpoint as files on this machine, which later rounds do not change.
   *
   * @param flow the model's configuration, in words
   * @param heldOutLoss of the round's validation; NaN without one
   * @param files by name
   * @param scratch where they are
   */
  record Packed(
      int round, String flow, double heldOutLoss, Map<String, Content> files, ScratchFolder scratch)
      implements AutoCloseable {
    @Override
    public void close() {
      scratch.close();
    }
  }

  /** Packs a checkpoint: all that must be done before training goes on. */
  static Packed pack(Checkpoint checkpoint) {
    ScratchFolder scratch = new ScratchFolder();
    Map<String, Content> files = new LinkedHashMap<>();
    files.put(MODEL, scratch.keep(MODEL, checkpoint.model()::save));
    files.put(OUTER, scratch.keep(OUTER, out -> Npz.write(out, outer(checkpoint))));
    String flow = checkpoint.model().layer().flow().toString();
    return new Packed(checkpoint.round(), flow, checkpoint.heldOutLoss(), files, scratch);
  }

  /**
   * Publishes a checkpoint, removes those that need not be kept, and returns its folder.
   *
   * @param origin what the manifest says of where it comes from, by name
   */
  Path save(Packed packed, Map<String, String> origin, Retention retention) {
    Path folder = new Path(root, name(packed.round()));
    Map<String, FileSums.Sum> sums = new LinkedHashMap<>();
    packed
        .files()
        .forEach(
            (name, content) ->
                sums.put(name, FileSums.write(files, new Path(folder, name), content)));
    files.writeJson(new Path(folder, MANIFEST), manifest(packed, origin, new FileSums(sums)));
    prune(retention);
    return folder;
  }

  private static ObjectNode manifest(Packed packed, Map<String, String> origin, FileSums sums) {
    ObjectNode manifest = JSON.createObjectNode();
    manifest.put("format", FORMAT);
    manifest.put("round", packed.round());
    manifest.put("model", packed.flow());
    if (!Double.isNaN(packed.heldOutLoss())) {
      manifest.put(HELD_OUT_LOSS, packed.heldOutLoss());
    }
    origin.forEach(manifest::put);
    sums.putTo(manifest);
    return manifest;
  }

  private static Map<String, NpyArray> outer(Checkpoint checkpoint) {
    double[] velocity = checkpoint.outerVelocity();
    double[] heldOut = checkpoint.heldOut().stream().mapToDouble(Double::doubleValue).toArray();
    return new TreeMap<>(
        Map.of(
            "velocity", NpyArray.of(velocity, velocity.length),
            "average", NpyArray.of(checkpoint.average(), checkpoint.average().length),
            "best", NpyArray.of(new double[] {checkpoint.best()}, 1),
            "rollbacks", NpyArray.of(new double[] {checkpoint.rollbacks()}, 1),
            "astray", NpyArray.of(new double[] {checkpoint.astray()}, 1),
            "heldOut", NpyArray.of(heldOut, heldOut.length)));
  }

  /**
   * Removes those that a retention does not keep; the ones that are not complete go as they age.
   *
   * @return names of what was removed, newest first
   */
  List<String> prune(Retention retention) {
    List<Path> folders = folders();
    return remove(prunable(retention, folders, complete(folders)));
  }

  /** As {@link #prune}, where a checkpoint counts that is whole when it is read. */
  List<String> pruneVerified(Retention retention) {
    return remove(prunableVerified(retention));
  }

  private List<String> remove(List<Path> old) {
    old.forEach(this::removeFolder);
    return old.stream().map(Path::getName).toList();
  }

  /** Its manifest first: what a kill leaves of it is incomplete, and nobody's newest. */
  private void removeFolder(Path folder) {
    files.delete(new Path(folder, MANIFEST));
    files.delete(folder);
  }

  /** What {@link #pruneVerified} removes. */
  List<Path> prunableVerified(Retention retention) {
    List<Path> folders = folders();
    Map<Path, JsonNode> whole = complete(folders);
    whole.keySet().removeIf(folder -> !state(folder).isComplete());
    return prunable(retention, folders, whole);
  }

  private static List<Path> prunable(
      Retention retention, List<Path> folders, Map<Path, JsonNode> complete) {
    List<Path> newest = complete.keySet().stream().limit(retention.newest()).toList();
    if (newest.isEmpty()) {
      return List.of();
    }
    Set<Path> kept = new HashSet<>(newest);
    best(complete).ifPresent(kept::add);
    complete.forEach(
        (folder, manifest) -> {
          if (retention.keepsForGood(manifest.path("round").asInt())) {
            kept.add(folder);
          }
        });
    // a newer one without a manifest may be about to get it
    return folders.subList(folders.indexOf(newest.get(0)), folders.size()).stream()
        .filter(folder -> !kept.contains(folder))
        .toList();
  }

  /** The folders with a manifest, in order. */
  private Map<Path, JsonNode> complete(List<Path> folders) {
    Map<Path, JsonNode> complete = new LinkedHashMap<>();
    folders.forEach(folder -> manifest(folder).ifPresent(found -> complete.put(folder, found)));
    return complete;
  }

  private static Optional<Path> best(Map<Path, JsonNode> manifests) {
    return manifests.entrySet().stream()
        .filter(entry -> entry.getValue().path(HELD_OUT_LOSS).isNumber())
        .min(Comparator.comparingDouble(entry -> entry.getValue().path(HELD_OUT_LOSS).asDouble()))
        .map(Map.Entry::getKey);
  }

  /** A folder's manifest, whatever the other files hold; empty where there is none to read. */
  private Optional<JsonNode> manifest(Path folder) {
    try {
      return Optional.of(readManifest(folder));
    } catch (DataException e) {
      return Optional.empty();
    }
  }

  /** Newest first, whether complete or not. */
  private List<Path> folders() {
    return files.list(root).stream()
        .filter(FileStatus::isDirectory)
        .map(FileStatus::getPath)
        .filter(path -> path.getName().startsWith(PREFIX))
        .sorted(Comparator.comparing(Path::getName).reversed())
        .toList();
  }

  /** Complete or not. */
  int count() {
    return folders().size();
  }

  /** The newest that can be read. */
  Optional<Checkpoint> newest() {
    return newest(any -> true);
  }

  /** The newest that is such and can be read. */
  Optional<Checkpoint> newest(Predicate<Checkpoint> wanted) {
    List<String> damages = new ArrayList<>();
    Optional<Checkpoint> newest = newest(wanted, damages);
    say(damages);
    return newest;
  }

  /** Adds what is wrong with each folder before that. */
  private Optional<Checkpoint> newest(Predicate<Checkpoint> wanted, List<String> damages) {
    for (Path folder : folders()) {
      try {
        Checkpoint found = load(folder);
        if (wanted.test(found)) {
          return Optional.of(found);
        }
      } catch (DataException e) {
        damages.add(e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** That of the lowest held-out loss; empty where none has one, or it cannot be read. */
  Optional<Checkpoint> best() {
    try {
      return best(complete(folders())).map(this::load);
    } catch (DataException e) {
      say(List.of(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * Removes those of rounds after {@code round}, the newest first: what a kill leaves is the folder
   * of an earlier time, from which a run comes back to where it removes them.
   */
  void removeAfter(int round) {
    String last = name(round);
    folders().stream()
        .filter(folder -> folder.getName().compareTo(last) > 0)
        .forEach(this::removeFolder);
  }

  private static String name(int round) {
    return String.format(Locale.ROOT, PREFIX + "%08d", round);
  }

  private void say(List<String> damages) {
    for (String damage : damages) {
      if (said.add(damage)) {
        LOG.warn("{}; the checkpoint is passed over", damage);
      }
    }
  }

  /**
   * The newest that can be read, to go on from; empty if none was ever completed.
   *
   * @throws DataException when all that were completed are damaged: whether to start over is not
   *     for a program to decide
   */
  Optional<Checkpoint> toResume() {
    List<String> damages = new ArrayList<>();
    Optional<Checkpoint> newest = newest(any -> true, damages);
    boolean wasAnyComplete =
        folders().stream().anyMatch(folder -> files.read(new Path(folder, MANIFEST)).isPresent());
    if (newest.isEmpty() && wasAnyComplete) {
      throw new DataException(
          String.join("; ", damages)
              + "; no other checkpoint is complete: remove "
              + root
              + " to start over");
    }
    say(damages);
    return newest;
  }

  /** All of them, newest first, each read whole. */
  List<CheckpointState> states() {
    return folders().stream().map(this::state).toList();
  }

  /** As {@link #states}, by the manifests and the lengths of files alone. */
  List<CheckpointState> listed() {
    return folders().stream().map(folder -> state(folder, FileSums::requireLength)).toList();
  }

  private interface Look {
    FileSums.Sum at(FileSums sums, WholeFiles files, Path file);
  }

  private CheckpointState state(Path folder) {
    return state(folder, FileSums::require);
  }

  private CheckpointState state(Path folder, Look look) {
    try {
      JsonNode manifest = readManifest(folder);
      FileSums sums = FileSums.in(manifest);
      long bytes = 0;
      for (String name : List.of(MODEL, OUTER)) {
        bytes += look.at(sums, files, new Path(folder, name)).bytes();
      }
      return new CheckpointState(
          folder.getName(), manifest.path("round").asInt(), bytes, heldOutLoss(manifest), null);
    } catch (DataException e) {
      return new CheckpointState(folder.getName(), 0, 0, Double.NaN, e.getMessage());
    }
  }

  private static double heldOutLoss(JsonNode manifest) {
    return manifest.path(HELD_OUT_LOSS).asDouble(Double.NaN);
  }

  private Checkpoint load(Path folder) {
    JsonNode manifest = readManifest(folder);
    FileSums sums = FileSums.in(manifest);
    Path zip = new Path(folder, MODEL);
    Path npz = new Path(folder, OUTER);
    FlowModel model = sums.read(files, zip, in -> FlowModel.load(zip.toString(), in));
    Map<String, NpyArray> outer = sums.read(files, npz, in -> Npz.read(npz.toString(), in));
    // a checkpoint without one is of a training that kept none
    NpyArray average = outer.get("average");
    // one without losses is of a training whose schedule did not ask for them
    NpyArray heldOut = outer.get("heldOut");
    return new Checkpoint(
        manifest.path("round").asInt(),
        model,
        outer.get("velocity").doubles(),
        average == null ? model.parameters() : average.doubles(),
        outer.get("best").doubles()[0],
        heldOut == null ? List.of() : Arrays.stream(heldOut.doubles()).boxed().toList(),
        heldOutLoss(manifest),
        count(outer, "rollbacks"),
        count(outer, "astray"));
  }

  /** Format 1 knew no rollbacks, and at first the round was not kept that the last gave up. */
  private static int count(Map<String, NpyArray> outer, String name) {
    NpyArray found = outer.get(name);
    return found == null ? 0 : (int) found.doubles()[0];
  }

  private JsonNode readManifest(Path folder) {
    Path file = new Path(folder, MANIFEST);
    JsonNode manifest =
        files.readJson(file).orElseThrow(() -> new DataException(folder + ": has no " + MANIFEST));
    int format = manifest.path("format").asInt();
    if (format < 1 || format > FORMAT) {
      throw new DataException(file + ": format must be in [1, " + FORMAT + "], was " + format);
    }
    return manifest;
  }
}
