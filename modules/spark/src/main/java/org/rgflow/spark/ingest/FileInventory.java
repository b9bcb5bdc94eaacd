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
import java.util.List;
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

  private final FileTable files;
  private final boolean isByTime;

  private FileInventory(FileTable files, boolean isByTime) {
    this.files = files;
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
    return of(new FileTable.Builder().build());
  }

  static FileInventory of(FileTable files) {
    return new FileInventory(files, false);
  }

  /** The same files, of which one of another time is another. */
  public FileInventory byTime() {
    return new FileInventory(files, true);
  }

  /** Number of files. */
  public int size() {
    return files.size();
  }

  /** Whether it has a file of this name that is the same. */
  boolean has(String name, Stamp file) {
    Stamp known = files.find(name).map(FileSlice::stamp).orElse(null);
    return known != null && known.bytes() == file.bytes() && (!isByTime || isSameTime(known, file));
  }

  private static boolean isSameTime(Stamp one, Stamp other) {
    return one.modified() == other.modified() || one.modified() == 0 || other.modified() == 0;
  }

  /** The name of the first file that the other has not, or has as another; else null. */
  public String firstMissingIn(FileInventory other) {
    for (FileSlice file : files) {
      if (!other.has(file.name(), file.stamp())) {
        return file.name();
      }
    }
    return null;
  }

  /** The files of both; of one name the other's. */
  public FileInventory and(FileInventory other) {
    return new FileInventory(
        FileSorter.merged(List.of(files, other.files), (own, others) -> others), isByTime);
  }

  /** SHA-256, in hexadecimal, of the files as they are told apart, in their order. */
  public String fingerprint() {
    Sha256 digest = new Sha256();
    for (FileSlice file : files) {
      String time = isByTime ? file.stamp().modified() + "\n" : "";
      String told = file.name() + "\n" + file.stamp().bytes() + "\n" + time;
      digest.add(told.getBytes(StandardCharsets.UTF_8));
    }
    return digest.hex();
  }

  /** The inventory as a file: a line of JSON for each, zipped. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer lines =
        new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
      for (FileSlice file : files) {
        ObjectNode line = JSON.createObjectNode();
        line.put("name", file.name());
        line.put("bytes", file.stamp().bytes());
        line.put("modified", file.stamp().modified());
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
    FileSorter files = new FileSorter();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(new ByteArrayInputStream(bytes)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode file = JSON.readTree(line);
        Stamp stamp =
            new Stamp(file.required("bytes").longValue(), file.path("modified").longValue());
        files.add(new FileSlice("", file.required("name").textValue(), stamp, 0, 1));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException(name + ": not a list of files, or damaged", e);
    }
    return of(files.sorted((first, second) -> second));
  }
}
