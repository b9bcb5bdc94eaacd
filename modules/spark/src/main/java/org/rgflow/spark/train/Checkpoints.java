package org.rgflow.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.data.Sha256;
import org.rgflow.spark.WholeFiles;
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
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private final WholeFiles files;
  private final Path root;
  private final Set<String> said = new HashSet<>();

  Checkpoints(WholeFiles files, Path root) {
    this.files = files;
    this.root = root;
  }

  /** Publishes a checkpoint, keeps the newest {@code keep}, and returns its folder. */
  Path save(Checkpoint checkpoint, int keep) {
    Path folder = new Path(root, String.format(Locale.ROOT, "round-%08d", checkpoint.round()));
    ObjectNode manifest = JSON.createObjectNode();
    manifest.put("format", FORMAT);
    manifest.put("round", checkpoint.round());
    manifest.put("model", checkpoint.model().layer().flow().toString());
    ObjectNode sums = manifest.putObject("files");
    write(new Path(folder, MODEL), checkpoint.model().bytes(), sums);
    write(new Path(folder, OUTER), outer(checkpoint), sums);
    files.write(new Path(folder, MANIFEST), manifest.toString().getBytes(StandardCharsets.UTF_8));
    prune(keep);
    return folder;
  }

  private static byte[] outer(Checkpoint checkpoint) {
    double[] velocity = checkpoint.outerVelocity();
    double[] heldOut = checkpoint.heldOut().stream().mapToDouble(Double::doubleValue).toArray();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Npz.write(
          bytes,
          Map.of(
              "velocity", NpyArray.of(velocity, velocity.length),
              "average", NpyArray.of(checkpoint.average(), checkpoint.average().length),
              "best", NpyArray.of(new double[] {checkpoint.best()}, 1),
              "heldOut", NpyArray.of(heldOut, heldOut.length)));
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return bytes.toByteArray();
  }

  private void write(Path file, byte[] bytes, ObjectNode sums) {
    files.write(file, bytes);
    sums.putObject(file.getName()).put("bytes", bytes.length).put("sha256", Sha256.hex(bytes));
  }

  private void prune(int keep) {
    List<Path> folders = folders();
    for (Path old : folders.subList(Math.min(keep, folders.size()), folders.size())) {
      try {
        files.fileSystem().delete(old, true);
      } catch (IOException e) {
        throw new UncheckedIOException(old + ": could not be removed", e);
      }
    }
  }

  /** Newest first, whether complete or not. */
  private List<Path> folders() {
    try {
      return Arrays.stream(files.fileSystem().listStatus(root))
          .filter(FileStatus::isDirectory)
          .map(FileStatus::getPath)
          .sorted(Comparator.comparing(Path::getName).reversed())
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(root + ": could not be listed", e);
    }
  }

  boolean isEmpty() {
    return folders().isEmpty();
  }

  /** The newest that can be read. */
  Optional<Checkpoint> newest() {
    List<String> damages = new ArrayList<>();
    Optional<Checkpoint> newest = newest(damages);
    say(damages);
    return newest;
  }

  /** Adds what is wrong with each folder before the newest that can be read. */
  private Optional<Checkpoint> newest(List<String> damages) {
    for (Path folder : folders()) {
      try {
        return Optional.of(load(folder));
      } catch (DataException e) {
        damages.add(e.getMessage());
      }
    }
    return Optional.empty();
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
    Optional<Checkpoint> newest = newest(damages);
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

  /** Names of the complete ones, newest first. */
  List<String> complete() {
    return folders().stream()
        .filter(folder -> damage(folder).isEmpty())
        .map(Path::getName)
        .toList();
  }

  /** What is wrong with the others, a line each, newest first. */
  List<String> damages() {
    List<String> damages = new ArrayList<>();
    folders().forEach(folder -> damage(folder).ifPresent(damages::add));
    return damages;
  }

  private Optional<String> damage(Path folder) {
    try {
      intact(folder);
      return Optional.empty();
    } catch (DataException e) {
      return Optional.of(e.getMessage());
    }
  }

  private Checkpoint load(Path folder) {
    Intact intact = intact(folder);
    Map<String, NpyArray> outer =
        Npz.read(folder + "/" + OUTER, new ByteArrayInputStream(intact.outer()));
    FlowModel model =
        FlowModel.load(folder + "/" + MODEL, new ByteArrayInputStream(intact.model()));
    // a checkpoint without one is of a training that kept none
    NpyArray average = outer.get("average");
    // one without losses is of a training whose schedule did not ask for them
    NpyArray heldOut = outer.get("heldOut");
    return new Checkpoint(
        intact.round(),
        model,
        outer.get("velocity").doubles(),
        average == null ? model.parameters() : average.doubles(),
        outer.get("best").doubles()[0],
        heldOut == null ? List.of() : Arrays.stream(heldOut.doubles()).boxed().toList());
  }

  /** The files of a checkpoint, which are what its manifest says. */
  private record Intact(int round, byte[] model, byte[] outer) {}

  private Intact intact(Path folder) {
    Path file = new Path(folder, MANIFEST);
    byte[] text =
        files.read(file).orElseThrow(() -> new DataException(folder + ": has no " + MANIFEST));
    JsonNode manifest;
    try {
      manifest = JSON.readTree(text);
    } catch (IOException e) {
      throw new DataException(file + ": not JSON, or damaged", e);
    }
    int format = manifest.path("format").asInt();
    if (format < 1 || format > FORMAT) {
      throw new DataException(file + ": format must be in [1, " + FORMAT + "], was " + format);
    }
    return new Intact(
        manifest.path("round").asInt(),
        intact(new Path(folder, MODEL), manifest),
        intact(new Path(folder, OUTER), manifest));
  }

  private byte[] intact(Path file, JsonNode manifest) {
    byte[] bytes = files.read(file).orElseThrow(() -> new DataException(file + ": is missing"));
    JsonNode expected = manifest.path("files").path(file.getName());
    if (bytes.length != expected.path("bytes").asLong()) {
      throw new DataException(
          file + ": damaged, " + bytes.length + " bytes of " + expected.path("bytes").asLong());
    }
    if (!Sha256.hex(bytes).equals(expected.path("sha256").asText())) {
      throw new DataException(file + ": damaged, its SHA-256 is not the manifest's");
    }
    return bytes;
  }
}
