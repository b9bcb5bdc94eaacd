package org.rgflow.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;

/**
 * Sizes and SHA-256 of the files of a folder, as the manifest that is written last has them.
 *
 * @param files by name
 */
public record FileSums(Map<String, Sum> files) {
  private static final String FIELD = "files";

  /** Keeps the files' order. */
  public FileSums {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /**
   * A file's.
   *
   * @param bytes its length
   * @param sha256 in hexadecimal
   */
  public record Sum(long bytes, String sha256) {}

  /** Those of files that are to be written. */
  public static FileSums of(Map<String, byte[]> files) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    files.forEach((name, bytes) -> sums.put(name, new Sum(bytes.length, Sha256.hex(bytes))));
    return new FileSums(sums);
  }

  /** Adds them to a manifest. */
  public void putTo(ObjectNode manifest) {
    ObjectNode sums = manifest.putObject(FIELD);
    files.forEach(
        (name, sum) -> sums.putObject(name).put("bytes", sum.bytes()).put("sha256", sum.sha256()));
  }

  /** Those that a manifest has. */
  public static FileSums in(JsonNode manifest) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    manifest
        .path(FIELD)
        .properties()
        .forEach(
            file ->
                sums.put(
                    file.getKey(),
                    new Sum(
                        file.getValue().path("bytes").asLong(),
                        file.getValue().path("sha256").asText())));
    return new FileSums(sums);
  }

  /**
   * Reads a file, which must be what the manifest says.
   *
   * @throws DataException if it is missing, of another size or of another content
   */
  public byte[] read(WholeFiles folder, Path file) {
    byte[] bytes = folder.read(file).orElseThrow(() -> new DataException(file + ": is missing"));
    Sum expected = files.getOrDefault(file.getName(), new Sum(0, ""));
    if (bytes.length != expected.bytes()) {
      throw new DataException(
          file + ": damaged, " + bytes.length + " bytes of " + expected.bytes());
    }
    if (!Sha256.hex(bytes).equals(expected.sha256())) {
      throw new DataException(file + ": damaged, its SHA-256 is not the manifest's");
    }
    return bytes;
  }
}
