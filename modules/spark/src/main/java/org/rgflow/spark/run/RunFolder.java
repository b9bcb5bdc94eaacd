package org.rgflow.spark.run;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.model.FlowModel;

/**
 * A run on any Hadoop file system: configuration, metrics, checkpoints and the model.
 *
 * <pre>
 *   config.yaml, metrics.jsonl, model.zip, lease/
 *   checkpoints/round-00000010/{model.zip, outer.npz, manifest.json}
 * </pre>
 *
 * No file is ever seen half written, and no checkpoint before it is complete.
 */
public final class RunFolder {
  /** Claims to the lease, of whoever trains. */
  public static final String LEASE = "lease";

  /** A line of JSON for each round. */
  public static final String METRICS = "metrics.jsonl";

  /** The configuration, of which checkpoints have the hash. */
  public static final String CONFIG = "config.yaml";

  /** What each start was of. */
  public static final String PROVENANCE = "provenance.jsonl";

  /**
   * Names and lengths of the files that the run learns from, of which checkpoints have the hash.
   */
  public static final String TRAINING_FILES = "train-files.jsonl.gz";

  private static final String CHECKPOINTS = "checkpoints";
  private static final String MODEL = "model.zip";

  private final WholeFiles files;
  private final Path root;
  private final Checkpoints checkpoints;
  private final MetricsFile metrics;

  private RunFolder(WholeFiles files, Path root) {
    this.files = files;
    this.root = root;
    this.checkpoints = new Checkpoints(files, new Path(root, CHECKPOINTS));
    this.metrics = new MetricsFile(files, new Path(root, METRICS));
  }

  /**
   * A new run.
   *
   * @throws DataException when the folder holds a run already
   */
  public static RunFolder create(Configuration hadoop, String uri) {
    RunFolder run = open(hadoop, uri);
    if (run.exists()) {
      throw new DataException(
          uri
              + ": holds a run already; allowed: a folder without one, or --resume auto, which goes"
              + " on with a run that has its "
              + CONFIG);
    }
    return run;
  }

  /** A run to go on with, or a new one where the folder holds none. */
  public static RunFolder resume(Configuration hadoop, String uri) {
    RunFolder run = open(hadoop, uri);
    run.metrics.read();
    return run;
  }

  private static RunFolder open(Configuration hadoop, String uri) {
    try {
      Path root = new Path(uri);
      return new RunFolder(WholeFiles.of(hadoop, root), root);
    } catch (IOException e) {
      throw new DataException(uri + ": not reachable (" + e.getMessage() + ")", e);
    }
  }

  /** Whether the folder holds a run. */
  public boolean exists() {
    return read(CONFIG).isPresent() || checkpoints.count() > 0;
  }

  /**
   * Checks that the folder holds a run.
   *
   * @param name of the folder, as it was given
   * @throws DataException if it does not
   */
  public void requireRun(String name) {
    if (!exists()) {
      throw new DataException(name + ": not a run's folder: neither config.yaml nor checkpoints");
    }
  }

  /** Where the run is. */
  public String uri() {
    return root.toString();
  }

  /** Writes one file of the run, whole. */
  public void write(String name, byte[] bytes) {
    files.write(new Path(root, name), bytes);
  }

  /** Reads one file of the run. */
  public Optional<byte[]> read(String name) {
    return files.read(new Path(root, name));
  }

  /** Adds one line of metrics, which the file has soon, or when it is asked for. */
  public void appendMetrics(String jsonLine) {
    metrics.add(jsonLine);
  }

  /** Writes the lines of metrics that the file has not yet; before a checkpoint of their rounds. */
  public void writeMetrics() {
    metrics.write();
  }

  /** Removes the checkpoints of rounds after {@code round}, which were given up. */
  public void forgetCheckpointsAfter(int round) {
    checkpoints.removeAfter(round);
  }

  /** Drops the lines of rounds after {@code round}, which will be run again. */
  public void forgetMetricsAfter(int round) {
    metrics.forgetAfter(round);
  }

  /** The lines of metrics. */
  public List<String> metrics() {
    return metrics.lines();
  }

  /**
   * Packs a checkpoint at once, for it to be written later.
   *
   * @param seed of the phase's draws, which with the round is where the random numbers are
   * @return writes it, removes those that need not be kept, and gives its path
   */
  public Supplier<String> save(Checkpoint checkpoint, long seed, Retention retention) {
    Checkpoints.Packed packed = Checkpoints.pack(checkpoint);
    return () -> {
      try (packed) {
        return checkpoints.save(packed, origin(seed), retention).toString();
      }
    };
  }

  private Map<String, String> origin(long seed) {
    Map<String, String> origin = new LinkedHashMap<>();
    origin.put("seed", Long.toString(seed));
    read(CONFIG).ifPresent(bytes -> origin.put("configuration", Sha256.hex(bytes)));
    read(TRAINING_FILES).ifPresent(bytes -> origin.put("data", Sha256.hex(bytes)));
    return origin;
  }

  /**
   * The checkpoint to go on from; incomplete and damaged ones are passed over, with a line in the
   * log.
   *
   * @throws DataException when every checkpoint is damaged
   */
  public Optional<Checkpoint> latest() {
    return checkpoints.toResume();
  }

  /** The newest checkpoint that is such and can be read. */
  public Optional<Checkpoint> latest(Predicate<Checkpoint> wanted) {
    return checkpoints.newest(wanted);
  }

  /** The checkpoint of the lowest held-out loss; empty without one that can be read. */
  public Optional<Checkpoint> best() {
    return checkpoints.best();
  }

  /** The checkpoints, newest first, each read whole. */
  public List<CheckpointState> checkpoints() {
    return checkpoints.states();
  }

  /** The checkpoints, newest first, by their manifests and the lengths of their files. */
  public List<CheckpointState> listedCheckpoints() {
    return checkpoints.listed();
  }

  /** Number of checkpoints, complete or not, none of which is opened. */
  public int checkpointCount() {
    return checkpoints.count();
  }

  /** Removes the checkpoints that need not be kept beside whole ones, and returns their names. */
  public List<String> prune(Retention retention) {
    return checkpoints.pruneVerified(retention);
  }

  /** What {@link #prune} would remove. */
  public List<String> prunable(Retention retention) {
    return checkpoints.prunableVerified(retention).stream().map(Path::getName).toList();
  }

  /** Writes the model of the finished run. */
  public void publishModel(FlowModel model) {
    files.write(new Path(root, MODEL), model::save);
  }

  /**
   * What the run came to, if so many rounds are done; its model is published if a driver died
   * before it did.
   *
   * @throws DataException when every checkpoint is damaged
   */
  public Optional<TrainingResult> finished(int rounds) {
    return latest().filter(last -> last.round() >= rounds).map(this::result);
  }

  private TrainingResult result(Checkpoint last) {
    FlowModel model = last.released();
    if (!isPublished(last.round())) {
      publishModel(model);
    }
    return new TrainingResult(
        model, last.round(), model.unit(), metrics.heldOutLoss(last.round()), last.best());
  }

  private boolean isPublished(int round) {
    try {
      return model().map(FlowModel::rounds).orElse(-1) >= round;
    } catch (DataException damaged) {
      return false;
    }
  }

  private Optional<FlowModel> model() {
    Path file = new Path(root, MODEL);
    return files.read(file, in -> FlowModel.load(file.toString(), in));
  }

  /**
   * The newest model: the last finished training's, or a checkpoint's of a training that went on.
   *
   * @return empty before the first checkpoint
   * @throws DataException when the model's file is damaged
   */
  public Optional<FlowModel> newestModel() {
    Optional<FlowModel> finished = model();
    Optional<Checkpoint> newest = checkpoints.newest();
    boolean isNewer =
        newest.isPresent()
            && (finished.isEmpty() || newest.get().round() > finished.get().rounds());
    return isNewer ? newest.map(Checkpoint::released) : finished;
  }

  /**
   * The {@link #newestModel()}.
   *
   * @throws DataException when there is none
   */
  public FlowModel latestModel() {
    return newestModel()
        .orElseThrow(
            () -> new DataException(root + ": holds neither model.zip nor a complete checkpoint"));
  }
}
