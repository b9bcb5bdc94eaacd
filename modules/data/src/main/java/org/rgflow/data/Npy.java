package org.rgflow.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Arrays in the npy format of NumPy. */
public final class Npy {
  private Npy() {}

  /**
   * Reads one whole array, of either byte order, in C or Fortran order; the stream stays open.
   *
   * @param name the file's name, for errors
   * @throws DataException if the stream is not an npy array of a known type, ends early, or holds
   *     more than 2^31 - 1 bytes
   */
  public static NpyArray read(String name, InputStream in) {
    NamedStream stream = new NamedStream(name, in);
    return read(stream, NpyHeader.read(stream));
  }

  /** Writes an array as npy 1.0, little-endian and in C order; the stream stays open. */
  public static void write(OutputStream out, NpyArray array) throws IOException {
    out.write(new NpyHeader(array.type(), false, false, array.shape()).encode());
    out.write(array.littleEndian());
  }

  /** Reads the array that follows a header. */
  static NpyArray read(NamedStream in, NpyHeader header) {
    long length = header.bytes(in);
    if (length > Integer.MAX_VALUE) {
      throw in.error(
          "npy shape "
              + NpyHeader.text(header.shape())
              + " takes "
              + length
              + " bytes; allowed when read as a whole: "
              + Integer.MAX_VALUE);
    }
    byte[] bytes = in.read((int) length, () -> "its elements, which take " + length + " bytes");
    int width = header.type().bytes();
    if (header.bigEndian()) {
      reverse(bytes, width);
    }
    if (header.fortranOrder()) {
      bytes = transpose(bytes, width, header.shape());
    }
    return new NpyArray(header.type(), header.shape(), bytes);
  }

  /** Turns the byte order of every element round. */
  static void reverse(byte[] bytes, int width) {
    for (int start = 0; start < bytes.length; start += width) {
      for (int i = 0; i < width / 2; i++) {
        byte swapped = bytes[start + i];
        bytes[start + i] = bytes[start + width - 1 - i];
        bytes[start + width - 1 - i] = swapped;
      }
    }
  }

  /** From first axis fastest to last axis fastest. */
  private static byte[] transpose(byte[] bytes, int width, int[] shape) {
    byte[] transposed = new byte[bytes.length];
    int[] index = new int[shape.length];
    for (int target = 0; target < bytes.length; target += width) {
      int source = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        source = source * shape[axis] + index[axis];
      }
      System.arraycopy(bytes, source * width, transposed, target, width);
      for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return transposed;
  }
}
