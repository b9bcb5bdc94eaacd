package org.rgflow.spark.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.rgflow.data.DataException;

/**
 * The entries of a model's file: those of DL4J's network zip, and ours.
 *
 * <p>No others are let in: DL4J hands an entry {@code preprocessor.bin} to Java's deserialisation,
 * which runs whatever code a stranger's file names.
 *
 * @param entries by name, in the file's order
 */
record ModelZip(Map<String, byte[]> entries) {
  /** DL4J's names. */
  static final String CONFIGURATION = "configuration.json";

  static final String PARAMETERS = "coefficients.bin";
  static final String UPDATER = "updaterState.bin";

  /** Format version, rounds of training and pixel transform. */
  static final String DESCRIPTION = "rgflow.json";

  /** Most bytes of each entry, unpacked: a few kilobytes can unpack to fill any memory. */
  private static final Map<String, Integer> LIMITS =
      new TreeMap<>(
          Map.of(
              CONFIGURATION,
              1 << 20,
              PARAMETERS,
              Integer.MAX_VALUE - 8,
              UPDATER,
              Integer.MAX_VALUE - 8,
              DESCRIPTION,
              1 << 24));

  /**
   * Reads a file.
   *
   * @param name of the file, for errors
   * @throws DataException when it holds what no model does
   */
  static ModelZip read(String name, InputStream in) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    ZipInputStream zip = new ZipInputStream(in);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      Integer limit = LIMITS.get(entry.getName());
      if (limit == null) {
        throw new DataException(
            name + ": holds " + entry.getName() + "; allowed: " + LIMITS.keySet());
      }
      byte[] bytes = zip.readNBytes(limit);
      if (zip.read() >= 0) {
        throw new DataException(
            name + ": " + entry.getName() + " has more than " + limit + " bytes");
      }
      entries.put(entry.getName(), bytes);
    }
    return new ModelZip(entries);
  }

  /** What an entry holds. */
  interface Content {
    /** Writes it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a file of entries by name, in their order; the stream stays open. */
  static void write(Map<String, Content> contents, OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_SPEED); // parameters are all but incompressible, at any level
    for (Map.Entry<String, Content> content : contents.entrySet()) {
      ZipEntry header = new ZipEntry(content.getKey());
      header.setTime(0); // one fixed time, so that equal models are equal files
      zip.putNextEntry(header);
      content.getValue().writeTo(zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** The file. */
  byte[] bytes() {
    Map<String, Content> contents = new LinkedHashMap<>();
    entries.forEach((name, entry) -> contents.put(name, out -> out.write(entry)));
    return bytes(contents);
  }

  /** A file of entries by name, in their order. */
  static byte[] bytes(Map<String, Content> contents) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(contents, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return bytes.toByteArray();
  }
}
