package org.rgflow.spark.model;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.buffer.BaseDataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.Content;

/**
 * The entries of a model's file, one after another: those of DL4J's network zip, and ours.
 *
 * <p>No others are let in: DL4J hands an entry {@code preprocessor.bin} to Java's deserialisation,
 * which runs whatever code a stranger's file names.
 */
final class ModelZip {
  /** DL4J's names. */
  static final String CONFIGURATION = "configuration.json";

  static final String PARAMETERS = "coefficients.bin";
  static final String UPDATER = "updaterState.bin";

  /** Format version, rounds of training and pixel transform. */
  static final String DESCRIPTION = "rgflow.json";

  private static final Set<String> NAMES =
      new TreeSet<>(Set.of(CONFIGURATION, PARAMETERS, UPDATER, DESCRIPTION));

  /** Rank, shape and strides of an array of ND4J's largest rank. */
  private static final int LONGEST_SHAPE = Shape.shapeInfoLength(32);

  /**
   * More bytes than stand before an array's numbers: its shape, two lengths, and names of types.
   */
  private static final int HEADER = LONGEST_SHAPE * Long.BYTES + (1 << 10);

  /** Numbers for which no room is made, whoever asks: four times what a checkpoint can average. */
  private static final long MOST = 1L << 30;

  private final String name;
  private final ZipInputStream zip;
  private String entry;

  /**
   * @param name of the file, for errors
   */
  ModelZip(String name, InputStream in) {
    this.name = name;
    this.zip = new ZipInputStream(in);
  }

  /**
   * The name of the next entry, which is then read; null after the last.
   *
   * @throws DataException when it is none of a model
   */
  String next() throws IOException {
    ZipEntry found = zip.getNextEntry();
    entry = found == null ? null : found.getName();
    if (entry != null && !NAMES.contains(entry)) {
      throw new DataException(name + ": holds " + entry + "; allowed: " + NAMES);
    }
    return entry;
  }

  /**
   * The entry's bytes.
   *
   * @param limit a few kilobytes can unpack to fill any memory
   * @throws DataException when it has more bytes
   */
  byte[] bytes(int limit) throws IOException {
    byte[] bytes = zip.readNBytes(limit);
    if (zip.read() >= 0) {
      throw new DataException(name + ": " + entry + " has more than " + limit + " bytes");
    }
    return bytes;
  }

  /**
   * The entry's array.
   *
   * @param length the number of elements it must have, which is seen before there is room for them
   * @throws DataException when it has another, or it is past all bounds
   */
  INDArray array(long length) throws IOException {
    if (length > MOST) {
      throw new DataException(
          name + ": " + entry + " of " + length + " numbers; allowed: at most " + MOST);
    }
    DataInputStream data = new DataInputStream(new BufferedInputStream(zip, 1 << 16));
    data.mark(HEADER);
    long found = length(data);
    if (found != length) {
      throw new DataException(
          name + ": " + entry + " has " + found + " numbers, the configuration asks for " + length);
    }
    data.reset();
    INDArray array = Nd4j.read(data);
    if (data.read() >= 0) { // at the end the entry's checksum is compared, too
      throw new DataException(name + ": " + entry + " has more than " + length + " numbers");
    }
    return array;
  }

  /** Of the array that follows: its shape's length and its shape, then its own length. */
  private static long length(DataInputStream data) throws IOException {
    long shape = BaseDataBuffer.readHeader(data).getMiddle();
    if (shape < 0 || shape > LONGEST_SHAPE) {
      return -1;
    }
    data.skipNBytes(shape * Long.BYTES);
    return BaseDataBuffer.readHeader(data).getMiddle();
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
}
