package org.rgflow.spark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;

/**
 * Names and lengths of files: what tells whether a set has changed, and what is new in it.
 *
 * <p>A file that is replaced by one of the same name and length is taken for the same.
 */
public final class FileInventory {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Long> lengths;

  private FileInventory(Map<String, Long> lengths) {
    this.lengths = Collections.unmodifiableMap(lengths);
  }

  /** An inventory of no file. */
  public static FileInventory empty() {
    return new FileInventory(Map.of());
  }

  /** Lengths in bytes by name, in the files' order. */
  static FileInventory of(Map<String, Long> lengths) {
    return new FileInventory(new LinkedHashMap<>(lengths));
  }

  /** Number of files. */
  public int size() {
    return lengths.size();
  }

  /** The length of a file that it has. */
  long bytes(String name) {
    return lengths.get(name);
  }

  /** Whether it has a file of this name and length. */
  boolean has(String name, long bytes) {
    Long known = lengths.get(name);
    return known != null && known == bytes;
  }

  /** The name of the first file that the other has not, or has with another length; else null. */
  public String firstMissingIn(FileInventory other) {
    return lengths.entrySet().stream()
        .filter(file -> !other.has(file.getKey(), file.getValue()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** The files of both; of one name the other's. */
  public FileInventory and(FileInventory other) {
    Map<String, Long> all = new LinkedHashMap<>(lengths);
    all.putAll(other.lengths);
    return new FileInventory(all);
  }

  /** SHA-256, in hexadecimal, of the files' names and lengths, in their order. */
  public String fingerprint() {
    Sha256 digest = new Sha256();
    lengths.forEach(
        (name, bytes) -> digest.add((name + "\n" + bytes + "\n").getBytes(StandardCharsets.UTF_8)));
    return digest.hex();
  }

  /** The inventory as a file: a line of JSON for each, zipped. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer lines =
        new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
      for (Map.Entry<String, Long> file : lengths.entrySet()) {
        ObjectNode line = JSON.createObjectNode();
        line.put("name", file.getKey());
        line.put("bytes", file.getValue());
        lines.write(line + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #bytes()} wrote.
   *
   * @param name of the file, for errors
   * @throws DataException if it is none
   */
  public static FileInventory read(String name, byte[] bytes) {
    Map<String, Long> lengths = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(new ByteArrayInputStream(bytes)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode file = JSON.readTree(line);
        lengths.put(file.required("name").textValue(), file.required("bytes").longValue());
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException(name + ": not a list of files, or damaged", e);
    }
    return new FileInventory(lengths);
  }
}
