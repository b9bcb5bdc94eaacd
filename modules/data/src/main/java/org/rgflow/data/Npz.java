package org.rgflow.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Named arrays in the npz format of NumPy: a zip of npy files. */
public final class Npz {
  private static final String SUFFIX = ".npy";

  /**
   * Before February 1980 the JDK adds an entry's time again, and that one in the zone of the
   * machine.
   */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private Npz() {}

  /**
   * Reads every array, in the file's order; the stream stays open.
   *
   * @param name the file's name, for errors
   * @throws DataException if the stream is no zip, or an array cannot be read
   */
  public static LinkedHashMap<String, NpyArray> read(String name, InputStream in) {
    LinkedHashMap<String, NpyArray> arrays = new LinkedHashMap<>();
    ZipInputStream zip = new ZipInputStream(in);
    for (String array = next(name, zip); array != null; array = next(name, zip)) {
      arrays.put(array, Npy.read(entry(name, array), zip));
    }
    if (arrays.isEmpty()) {
      throw new DataException(name + ": holds no array; allowed: a zip of .npy files");
    }
    return arrays;
  }

  /**
   * Writes arrays in the map's order, uncompressed and without times, so that equal arrays give
   * equal bytes; the stream stays open.
   */
  public static void write(OutputStream out, Map<String, NpyArray> arrays) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
      zip.putNextEntry(header(array.getKey(), array.getValue()));
      Npy.write(zip, array.getValue());
      zip.closeEntry();
    }
    zip.finish();
  }

  /** What stands before an array is known only when that has been written. */
  private static ZipEntry header(String name, NpyArray array) throws IOException {
    CRC32 crc = new CRC32();
    DataOutputStream counted =
        new DataOutputStream(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    Npy.write(counted, array);
    ZipEntry entry = new ZipEntry(name + SUFFIX);
    entry.setTimeLocal(NO_TIME);
    entry.setSize(counted.size());
    entry.setCrc(crc.getValue());
    return entry;
  }

  /**
   * Opens the array of examples: the one named {@code x}, else {@code images}, else the only one.
   *
   * <p>An array {@code x} is streamed; any other may be known as the right one only at the end of
   * the file, so it is kept in memory.
   */
  static NpyReader openExamples(String name, InputStream in) {
    ZipInputStream zip = new ZipInputStream(in);
    LinkedHashMap<String, NpyArray> arrays = new LinkedHashMap<>();
    Map<String, DataException> unreadable = new HashMap<>();
    for (String array = next(name, zip); array != null; array = next(name, zip)) {
      if (array.equals("x")) {
        return NpyReader.open(entry(name, array), zip);
      }
      try {
        arrays.put(array, Npy.read(entry(name, array), zip));
      } catch (DataException e) {
        arrays.put(array, null); // of no matter where another is the right one
        unreadable.put(array, e);
      }
    }
    new NamedStream(name, zip).close();
    String chosen = "images";
    if (!arrays.containsKey(chosen)) {
      if (arrays.size() != 1) {
        throw new DataException(
            name + ": arrays " + arrays.keySet() + "; allowed: x, images, or a single array");
      }
      chosen = arrays.keySet().iterator().next();
    }
    if (unreadable.containsKey(chosen)) {
      throw unreadable.get(chosen);
    }
    return NpyReader.over(entry(name, chosen), arrays.get(chosen));
  }

  /** The next array's name, or null after the last; other files in the zip are passed over. */
  private static String next(String name, ZipInputStream zip) {
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(SUFFIX)) {
          return entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
        }
      }
      return null;
    } catch (IOException e) {
      throw new NamedStream(name, zip).unreadable(e);
    } catch (IllegalArgumentException e) { // an entry's name that is no UTF-8
      throw new NamedStream(name, zip).unreadable(new ZipException(e.getMessage()));
    }
  }

  private static String entry(String name, String array) {
    return name + "[" + array + "]";
  }
}
