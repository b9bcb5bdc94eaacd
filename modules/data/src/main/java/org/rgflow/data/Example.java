package org.rgflow.data;

import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * One example with its key: either 8-bit pixels or real values, on a grid with channels.
 *
 * <p>Elements are in planar order (C, *grid), last axis fastest. A plain class, as Kryo 4 cannot
 * read records; its arrays are shared with the caller and are not to be changed.
 */
public final class Example implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final Shape geometry;
  private final byte[] pixels;
  private final float[] values;
  private final String label;

  private Example(String key, Shape geometry, byte[] pixels, float[] values, String label) {
    this.key = key;
    this.geometry = geometry;
    this.pixels = pixels;
    this.values = values;
    this.label = label;
    int length = isPixels() ? pixels.length : values.length;
    if (length != geometry.dimensions()) {
      throw new DataException(
          key + ": " + length + " elements; allowed: " + geometry.dimensions() + " of " + geometry);
    }
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private Example() {
    key = null;
    geometry = null;
    pixels = null;
    values = null;
    label = null;
  }

  /**
   * An image of pixels, where 200 is (byte) 200.
   *
   * @throws DataException unless there is one pixel for every dimension
   */
  public static Example ofPixels(String key, Shape geometry, byte[] pixels) {
    return new Example(key, geometry, pixels, null, null);
  }

  /**
   * An example of real numbers.
   *
   * @throws DataException unless there is one value for every dimension
   */
  public static Example ofValues(String key, Shape geometry, float[] values) {
    return new Example(key, geometry, null, values, null);
  }

  /** This example, its elements shared, by another name. */
  public Example named(String key) {
    return new Example(key, geometry, pixels, values, label);
  }

  /** This example, its elements shared, of a class; null if that is not known. */
  public Example labelled(String label) {
    return new Example(key, geometry, pixels, values, label);
  }

  /**
   * The values, if all are finite.
   *
   * @param what has them, for the error
   * @throws DataException naming the first that is not
   */
  public static float[] requireFinite(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new DataException(
            what + " has " + values[i] + " at position " + i + "; allowed: finite float32 values");
      }
    }
    return values;
  }

  /** The example's stable name, {@code file} or {@code file#index}. */
  public String key() {
    return key;
  }

  /** The name of the class that the example is of; null if that is not known. */
  public String label() {
    return label;
  }

  public int channels() {
    return geometry.channels();
  }

  /** The lengths of the grid's axes, without channels. */
  public int[] shape() {
    return geometry.grid();
  }

  /** Channels and grid together. */
  public Shape geometry() {
    return geometry;
  }

  /** D, channels times sites. */
  public int dimensions() {
    return geometry.dimensions();
  }

  public boolean isPixels() {
    return pixels != null;
  }

  /** The pixels as unsigned bytes, or null if this is an example of real numbers. */
  public byte[] pixels() {
    return pixels;
  }

  /** The real numbers, or null if this is an image of pixels. */
  public float[] values() {
    return values;
  }

  /** SHA-256 of the elements, in hexadecimal: pixels, or float32 with the high byte first. */
  public String contentHash() {
    if (isPixels()) {
      return Sha256.hex(pixels);
    }
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * values.length);
    buffer.asFloatBuffer().put(values);
    return Sha256.hex(buffer.array());
  }

  /** Key, shape and kind, such as {@code train#3 (1x28x28 pixels)}. */
  @Override
  public String toString() {
    return key + " (" + geometry + (isPixels() ? " pixels)" : " values)");
  }
}
