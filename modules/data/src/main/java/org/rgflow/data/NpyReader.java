package org.rgflow.data;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.NoSuchElementException;

/**
 * Reads an npy array slice by slice along axis 0, so that a file may be larger than memory.
 *
 * <p>An array in Fortran order is the exception: its slices are not contiguous, so it is read as a
 * whole.
 */
public final class NpyReader implements AutoCloseable {
  private final NamedStream in;
  private final NpyHeader header;
  private final int sliceBytes;
  private int position;

  /**
   * Reads the header; the stream is closed with the reader.
   *
   * @param name the file's name, for errors
   * @throws DataException if the stream is no npy array, has no axis, or has slices of more than
   *     2^31 - 1 bytes
   */
  public static NpyReader open(String name, InputStream in) {
    NamedStream stream = new NamedStream(name, in);
    NpyHeader header = NpyHeader.read(stream);
    if (header.fortranOrder() && header.shape().length > 1) {
      NpyArray whole = Npy.read(stream, header);
      stream.requireEnd();
      stream.close();
      return over(name, whole);
    }
    return new NpyReader(stream, header);
  }

  /** Reads an array in memory. */
  static NpyReader over(String name, NpyArray array) {
    return new NpyReader(
        new NamedStream(name, new ByteArrayInputStream(array.littleEndian())),
        new NpyHeader(array.type(), false, false, array.shape()));
  }

  private NpyReader(NamedStream in, NpyHeader header) {
    this.in = in;
    this.header = header;
    if (header.shape().length == 0) {
      throw in.error("npy shape () has no axis of examples; allowed: at least one axis");
    }
    long length = header.sliceBytes(in);
    if (length > Integer.MAX_VALUE) {
      throw in.error("examples of " + length + " bytes; allowed: " + Integer.MAX_VALUE);
    }
    this.sliceBytes = (int) length;
  }

  public NpyArray.Type type() {
    return header.type();
  }

  /** The lengths of all axes, a copy; axis 0 counts the slices. */
  public int[] shape() {
    return header.shape().clone();
  }

  /** Number of slices, read or not. */
  public int count() {
    return header.shape()[0];
  }

  public boolean hasNext() {
    return position < count();
  }

  /**
   * Passes over the next n slices.
   *
   * @throws DataException if fewer are left
   */
  public void skip(int n) {
    if (n < 0 || n > count() - position) {
      throw in.error("skip must be in [0, " + (count() - position) + "], was " + n);
    }
    in.skip((long) n * sliceBytes, () -> "an example before " + (position + n) + " of " + count());
    position += n;
  }

  /**
   * The next slice, of the shape without axis 0.
   *
   * @throws NoSuchElementException after the last one
   */
  public NpyArray next() {
    if (!hasNext()) {
      throw new NoSuchElementException(in.name() + ": all " + count() + " examples are read");
    }
    byte[] bytes = in.read(sliceBytes, () -> "example " + position + " of " + count());
    position++;
    if (!hasNext()) {
      in.requireEnd();
    }
    if (header.bigEndian()) {
      Npy.reverse(bytes, header.type().bytes());
    }
    int[] shape = header.shape();
    return new NpyArray(header.type(), Arrays.copyOfRange(shape, 1, shape.length), bytes);
  }

  @Override
  public void close() {
    in.close();
  }
}
