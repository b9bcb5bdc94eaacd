package org.rgflow.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The head of an npy file: magic, version, length, and a Python dictionary of dtype, order and
 * shape.
 *
 * <p>Source: NumPy Enhancement Proposal 1 and numpy.lib.format, versions 1.0, 2.0 and 3.0.
 */
record NpyHeader(NpyArray.Type type, boolean bigEndian, boolean fortranOrder, int[] shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int MAX_LENGTH = 1 << 20;
  private static final Pattern DTYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)(\\w+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

  static NpyHeader read(NamedStream in) {
    byte[] start = in.read(8, () -> "its header");
    if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw in.error("not an npy array; allowed: a file that starts with \\x93NUMPY");
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw in.error("npy version " + version + "; allowed: 1, 2 or 3");
    }
    byte[] size = in.read(version == 1 ? 2 : 4, () -> "its header");
    long length = 0;
    for (int i = size.length - 1; i >= 0; i--) {
      length = length << 8 | size[i] & 0xFF;
    }
    if (length > MAX_LENGTH) {
      throw in.error("npy header of " + length + " bytes; allowed: at most " + MAX_LENGTH);
    }
    String text =
        new String(in.read((int) length, () -> "its header"), StandardCharsets.UTF_8).strip();
    Matcher dtype = DTYPE.matcher(text);
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!dtype.find() || !order.find() || !shape.find()) {
      throw in.error(
          "npy header " + text + "; allowed: a plain dtype with 'descr', 'fortran_order', 'shape'");
    }
    return new NpyHeader(
        NpyArray.Type.ofCode(in, dtype.group(2)),
        dtype.group(1).equals(">"),
        order.group(1).equals("True"),
        shape(in, shape.group(1)));
  }

  private static int[] shape(NamedStream in, String text) {
    try {
      return Arrays.stream(text.split(","))
          .map(String::strip)
          .filter(part -> !part.isEmpty())
          .mapToInt(Integer::parseInt)
          .toArray();
    } catch (NumberFormatException e) {
      throw in.error("npy shape (" + text + "); allowed: axes of at most " + Integer.MAX_VALUE);
    }
  }

  /** Bytes of the whole array, which may be more than one Java array holds. */
  long bytes(NamedStream in) {
    return bytes(in, 0);
  }

  /** Bytes of one slice along axis 0. */
  long sliceBytes(NamedStream in) {
    return bytes(in, 1);
  }

  private long bytes(NamedStream in, int firstAxis) {
    try {
      long bytes = type.bytes();
      for (int axis = firstAxis; axis < shape.length; axis++) {
        bytes = Math.multiplyExact(bytes, shape[axis]);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw in.error("npy shape " + text(shape) + "; allowed: fewer than 2^63 bytes");
    }
  }

  /** The header as version 1.0 writes it: little-endian, C order, padded to 64 bytes. */
  byte[] encode() {
    String byteOrder = type.bytes() == 1 ? "|" : "<";
    StringBuilder text =
        new StringBuilder("{'descr': '")
            .append(byteOrder)
            .append(type.code())
            .append("', 'fortran_order': False, 'shape': ")
            .append(text(shape))
            .append(", }");
    int start = MAGIC.length + 4;
    while ((start + text.length() + 1) % ALIGNMENT != 0) {
      text.append(' ');
    }
    text.append('\n');
    byte[] header = Arrays.copyOf(MAGIC, start + text.length());
    header[6] = 1;
    header[8] = (byte) text.length();
    header[9] = (byte) (text.length() >>> 8);
    byte[] dictionary = text.toString().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(dictionary, 0, header, start, dictionary.length);
    return header;
  }

  /** A shape as Python writes it: {@code ()}, {@code (3,)}, {@code (3, 4)}. */
  static String text(int[] shape) {
    return shape.length == 1
        ? "(" + shape[0] + ",)"
        : IntStream.of(shape).mapToObj(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
  }
}
