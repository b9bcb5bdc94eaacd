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
 * Names, lengths and times of files: what tells whether a set has changed, and what is new in it.
 *
 * <p>A file that is replaced by one of the same name and length is taken for the same, unless
 * {@link #byTime()} asks for the time too.
 */
public final class FileInventory {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Stamp> stamps;
  private final boolean isByTime;

  private FileInventory(Map<String, Stamp> stamps, boolean isByTime) {
    this.stamps = Collections.unmodifiableMap(stamps);
    this.isByTime = isByTime;
  }

  /**
   * What a file shows without being read.
   *
   * @param bytes its length
   * @param modified when it was last, in milliseconds since 1970; 0 if not known
   */
  record Stamp(long bytes, long modified) {}

  /** An inventory of no file. */
  public static FileInventory empty() {
    return new FileInventory(Map.of(), false);
  }

  /** Stamps by name, in the files' order. */
  static FileInventory of(Map<String, Stamp> stamps) {
    return new FileInventory(new LinkedHashMap<>(stamps), false);
  }

  /** The same files, of which one of another time is another. */
  public FileInventory byTime() {
    return new FileInventory(stamps, true);
  }

  /** Number of files. */
  public int size() {
    return stamps.size();
  }

  /** The stamp of a file that it has. */
  Stamp stamp(String name) {
    return stamps.get(name);
  }

  /** Whether it has a file of this name that is the same. */
  boolean has(String name, Stamp file) {
    Stamp known = stamps.get(name);
    return known != null && known.bytes() == file.bytes() && (!isByTime || isSameTime(known, file));
  }

  private static boolean isSameTime(Stamp one, Stamp other) {
    return one.modified() == other.modified() || one.modified() == 0 || other.modified() == 0;
  }

  /** The name of the first file that the other has not, or has as another; else null. */
  public String firstMissingIn(FileInventory other) {
    return stamps.entrySet().stream()
        .filter(file -> !other.has(file.getKey(), file.getValue()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** The files of both; of one name the other's. */
  public FileInventory and(FileInventory other) {
    Map<String, Stamp> all = new LinkedHashMap<>(stamps);
    all.putAll(other.stamps);
    return new FileInventory(all, isByTime);
  }

  /** SHA-256, in hexadecimal, of the files as they are told apart, in their order. */
  public String fingerprint() {
    Sha256 digest = new Sha256();
    stamps.forEach(
        (name, stamp) -> {
          String time = isByTime ? stamp.modified() + "\n" : "";
          String file = name + "\n" + stamp.bytes() + "\n" + time;
          digest.add(file.getBytes(StandardCharsets.UTF_8));
        });
    return digest.hex();
  }

  /** The inventory as a file: a line of JSON for each, zipped. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer lines =
        new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
      for (Map.Entry<String, Stamp> file : stamps.entrySet()) {
        ObjectNode line = JSON.createObjectNode();
        line.put("name", file.getKey());
        line.put("bytes", file.getValue().bytes());
        line.put("modified", file.getValue().modified());
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
    Map<String, Stamp> stamps = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(new ByteArrayInputStream(bytes)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode file = JSON.readTree(line);
        stamps.put(
            file.required("name").textValue(),
            new Stamp(file.required("bytes").longValue(), file.path("modified").longValue()));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException(name + ": not a list of files, or damaged", e);
    }
    return new FileInventory(stamps, false);
  }
}
