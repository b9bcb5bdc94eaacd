package org.rgflow.spark.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
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
  /** Format version, rounds of training and pixel transform. */
  static final String DESCRIPTION = "rgflow.json";

  /** Most bytes of each entry, unpacked: a few kilobytes can unpack to fill any memory. */
  private static final Map<String, Integer> LIMITS =
      new TreeMap<>(
          Map.of(
              "configuration.json",
              1 << 20,
              "coefficients.bin",
              Integer.MAX_VALUE - 8,
              "updaterState.bin",
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

  /** Writes the file; the stream stays open. */
  void write(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      ZipEntry header = new ZipEntry(entry.getKey());
      header.setTime(0); // one fixed time, so that equal models are equal files
      zip.putNextEntry(header);
      zip.write(entry.getValue());
      zip.closeEntry();
    }
    zip.finish();
  }

  /** The file. */
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return bytes.toByteArray();
  }
}
