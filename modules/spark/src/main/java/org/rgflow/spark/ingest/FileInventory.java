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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;

/**
 * Names, lengths and times of files, and checksums of those that were read: what tells whether a
 * set has changed, and what is new in it.
 *
 * <p>A file that is replaced by one of the same name and length is taken for the same, unless
 * {@link #toldBy} asks for more.
 */
public final class FileInventory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHECKSUM = "sha256";

  private final FileTable files;
  private final ToldBy told;
  private final boolean areLabelled;

  private FileInventory(FileTable files, ToldBy told, boolean areLabelled) {
    this.files = files;
    this.told = told;
    this.areLabelled = areLabelled;
  }

  /**
   * By what a file is known.
   *
   * @param bytes its length
   * @param modified when it was last, in milliseconds since 1970; 0 if not known
   * @param checksum first 8 bytes of its SHA-256, which reading it tells; 0 if not known
   */
  record Stamp(long bytes, long modified, long checksum) {
    /** Of a file that was not read. */
    Stamp(long bytes, long modified) {
      this(bytes, modified, 0);
    }
  }

  /** An inventory of no file. */
  public static FileInventory empty() {
    return of(new FileTable.Builder().build());
  }

  static FileInventory of(FileTable files) {
    return new FileInventory(files, ToldBy.LENGTH, false);
  }

  /** The same files, told apart from others by more or less than they were. */
  public FileInventory toldBy(ToldBy other) {
    return new FileInventory(files, other, areLabelled);
  }

  /** The same files, where images of other labels are others: files of labels are among these. */
  public FileInventory labelled() {
    return new FileInventory(files, told, true);
  }

  /** Whether images of other labels are others. */
  boolean areLabelled() {
    return areLabelled;
  }

  /** By what files are told apart from others. */
  ToldBy told() {
    return told;
  }

  /** Whether every file's checksum is known. */
  public boolean knowsContent() {
    for (FileSlice file : files) {
      if (file.stamp().checksum() == 0) {
        return false;
      }
    }
    return true;
  }

  /** Number of files. */
  public int size() {
    return files.size();
  }

  /** Whether it has a file of this name that is the same. */
  boolean has(String name, Stamp file) {
    return find(name).filter(known -> isSame(known, file)).isPresent();
  }

  /** Whether it has a file of this name that is another, or is gone. */
  boolean hasOther(String name, Optional<Stamp> file) {
    return find(name).filter(known -> file.isEmpty() || !isSame(known, file.get())).isPresent();
  }

  private Optional<Stamp> find(String name) {
    return files.find(name).map(FileSlice::stamp);
  }

  private boolean isSame(Stamp known, Stamp file) {
    return known.bytes() == file.bytes() && told.isSame(known, file);
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
        FileSorter.merged(List.of(files, other.files), (own, others) -> others), told, areLabelled);
  }

  /** The files but for those of some names. */
  FileInventory without(Set<String> names) {
    FileTable.Builder others = new FileTable.Builder();
    for (FileSlice file : files) {
      if (!names.contains(file.name())) {
        others.add(file);
      }
    }
    return new FileInventory(others.build(), told, areLabelled);
  }

  /** SHA-256, in hexadecimal, of the files as they are told apart, in their order. */
  public String fingerprint() {
    Sha256 digest = new Sha256();
    for (FileSlice file : files) {
      String line = file.name() + "\n" + file.stamp().bytes() + "\n" + told.mark(file.stamp());
      digest.add(line.getBytes(StandardCharsets.UTF_8));
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
        if (file.stamp().checksum() != 0) {
          line.put(CHECKSUM, HexFormat.of().toHexDigits(file.stamp().checksum()));
        }
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
            new Stamp(
                file.required("bytes").longValue(),
                file.path("modified").longValue(),
                Long.parseUnsignedLong(file.path(CHECKSUM).asText("0"), 16));
        files.add(new FileSlice("", file.required("name").textValue(), stamp, 0, 1));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException(name + ": not a list of files, or damaged", e);
    }
    return of(files.sorted((first, second) -> second));
  }
}
