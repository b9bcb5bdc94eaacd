package org.rgflow.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.spark.model.FlowModel;

/**
 * A run on any Hadoop file system: configuration, metrics, checkpoints and the model.
 *
 * <pre>
 *   config.yaml, metrics.jsonl, model.zip
 *   checkpoints/round-00000010/{model.zip, outer.npz, manifest.json}
 * </pre>
 *
 * A checkpoint's manifest, with the sizes and SHA-256 of its files, is written last; a checkpoint
 * without one, or that does not match it, does not exist for readers.
 */
public final class RunFolder {
  private static final String CHECKPOINTS = "checkpoints";
  private static final String MANIFEST = "manifest.json";
  private static final String MODEL = "model.zip";
  private static final String OUTER = "outer.npz";
  private static final String METRICS = "metrics.jsonl";
  private static final String CONFIG = "config.yaml";
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final Path root;
  private final List<String> metrics = new ArrayList<>();

  private RunFolder(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
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
          uri + ": holds a run already; resume it with --resume auto, or choose another folder");
    }
    return run;
  }

  /** A run to go on with, or a new one where the folder holds none. */
  public static RunFolder resume(Configuration hadoop, String uri) {
    RunFolder run = open(hadoop, uri);
    run.read(METRICS)
        .ifPresent(
            bytes -> new String(bytes, StandardCharsets.UTF_8).lines().forEach(run.metrics::add));
    return run;
  }

  private static RunFolder open(Configuration hadoop, String uri) {
    try {
      Path root = new Path(uri);
      return new RunFolder(root.getFileSystem(hadoop), root);
    } catch (IOException e) {
      throw new DataException(uri + ": not reachable (" + e.getMessage() + ")", e);
    }
  }

  /** Whether the folder holds a run. */
  public boolean exists() {
    return read(CONFIG).isPresent() || !checkpoints().isEmpty();
  }

  /** Where the run is. */
  public String uri() {
    return root.toString();
  }

  /** Writes one file of the run, whole. */
  public void write(String name, byte[] bytes) {
    try (OutputStream out = files.create(new Path(root, name), true)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(root + "/" + name + ": could not be written", e);
    }
  }

  /** Reads one file of the run. */
  public Optional<byte[]> read(String name) {
    try (InputStream in = files.open(new Path(root, name))) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(root + "/" + name + ": could not be read", e);
    }
  }

  /** Adds one line of metrics; object stores cannot append, so the file is written whole. */
  public void appendMetrics(String jsonLine) {
    metrics.add(jsonLine);
    write(METRICS, (String.join("\n", metrics) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Drops the lines of rounds after {@code round}, which will be run again. */
  void forgetMetricsAfter(int round) {
    metrics.removeIf(
        line -> {
          try {
            return JSON.readTree(line).path("round").asInt() > round;
          } catch (IOException e) {
            return true;
          }
        });
  }

  /** The lines of metrics. */
  public List<String> metrics() {
    return List.copyOf(metrics);
  }

  /** Publishes a checkpoint: data first, manifest last; keeps the newest {@code keep}. */
  String save(Checkpoint checkpoint, int keep) {
    String folder = String.format(Locale.ROOT, "%s/round-%08d", CHECKPOINTS, checkpoint.round());
    try {
      ByteArrayOutputStream model = new ByteArrayOutputStream();
      checkpoint.model().save(model);
      ByteArrayOutputStream outer = new ByteArrayOutputStream();
      Npz.write(
          outer,
          Map.of(
              "velocity",
                  NpyArray.of(checkpoint.outerVelocity(), checkpoint.outerVelocity().length),
              "best", NpyArray.of(new double[] {checkpoint.best()}, 1)));
      ObjectNode manifest = JSON.createObjectNode();
      manifest.put("format", FORMAT);
      manifest.put("round", checkpoint.round());
      manifest.put("model", checkpoint.model().layer().flow().toString());
      ObjectNode sums = manifest.putObject("files");
      publish(folder, MODEL, model.toByteArray(), sums);
      publish(folder, OUTER, outer.toByteArray(), sums);
      write(folder + "/" + MANIFEST, JSON.writeValueAsBytes(manifest));
    } catch (IOException e) {
      throw new UncheckedIOException(root + "/" + folder + ": could not be written", e);
    }
    prune(keep);
    return root + "/" + folder;
  }

  private void publish(String folder, String name, byte[] bytes, ObjectNode sums) {
    write(folder + "/" + name, bytes);
    sums.putObject(name).put("bytes", bytes.length).put("sha256", sha256(bytes));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void prune(int keep) {
    List<Path> folders = checkpoints();
    for (Path old : folders.subList(Math.min(keep, folders.size()), folders.size())) {
      try {
        files.delete(old, true);
      } catch (IOException e) {
        throw new UncheckedIOException(old + ": could not be removed", e);
      }
    }
  }

  /** Folders of checkpoints, newest first, whether complete or not. */
  private List<Path> checkpoints() {
    try {
      return Arrays.stream(files.listStatus(new Path(root, CHECKPOINTS)))
          .map(FileStatus::getPath)
          .sorted(Comparator.comparing(Path::getName).reversed())
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(root + "/" + CHECKPOINTS + ": could not be listed", e);
    }
  }

  /** The newest complete checkpoint; damaged ones are passed over. */
  Optional<Checkpoint> latest() {
    return checkpoints().stream().map(this::load).flatMap(Optional::stream).findFirst();
  }

  private Optional<Checkpoint> load(Path folder) {
    String name = CHECKPOINTS + "/" + folder.getName();
    Optional<byte[]> text = read(name + "/" + MANIFEST);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode manifest = JSON.readTree(text.get());
      Optional<byte[]> model = intact(name, MODEL, manifest);
      Optional<byte[]> outer = intact(name, OUTER, manifest);
      if (model.isEmpty() || outer.isEmpty() || manifest.path("format").asInt() > FORMAT) {
        return Optional.empty();
      }
      Map<String, NpyArray> arrays =
          Npz.read(name + "/" + OUTER, new ByteArrayInputStream(outer.get()));
      return Optional.of(
          new Checkpoint(
              manifest.path("round").asInt(),
              FlowModel.load(name + "/" + MODEL, new ByteArrayInputStream(model.get())),
              arrays.get("velocity").doubles(),
              arrays.get("best").doubles()[0]));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<byte[]> intact(String folder, String name, JsonNode manifest) {
    String expected = manifest.path("files").path(name).path("sha256").asText();
    return read(folder + "/" + name).filter(bytes -> sha256(bytes).equals(expected));
  }

  /** Names of the complete checkpoints, newest first. */
  public List<String> completeCheckpoints() {
    return checkpoints().stream()
        .filter(folder -> load(folder).isPresent())
        .map(Path::getName)
        .toList();
  }

  /** Writes the model of the finished run. */
  void publishModel(FlowModel model) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      model.save(bytes);
      write(MODEL, bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(root + "/" + MODEL + ": could not be written", e);
    }
  }

  /**
   * The finished run's model, or the newest checkpoint's.
   *
   * @throws DataException when there is neither
   */
  public FlowModel latestModel() {
    Optional<byte[]> finished = read(MODEL);
    if (finished.isPresent()) {
      return FlowModel.load(root + "/" + MODEL, new ByteArrayInputStream(finished.get()));
    }
    return latest()
        .map(Checkpoint::model)
        .orElseThrow(
            () -> new DataException(root + ": holds neither model.zip nor a complete checkpoint"));
  }
}
