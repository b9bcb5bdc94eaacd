package org.rgflow.data;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * Images of an IDX file, the format of MNIST: uint8 of N,H,W or N,H,W,C, turned to planar order.
 *
 * <p>Header: two zero bytes, the element type (8 is uint8), the number of axes, then each axis as
 * four bytes, big-endian.
 */
final class IdxExamples extends CountedReader {
  private static final int UINT8 = 8;

  private final NamedStream in;
  private final Shape geometry;

  private IdxExamples(NamedStream in, int count, Shape geometry) {
    super(in.name(), count);
    this.in = in;
    this.geometry = geometry;
  }

  static IdxExamples open(String name, InputStream stream) {
    NamedStream in = new NamedStream(name, stream);
    int axes = axes(in);
    if (axes == 1) {
      throw in.error("holds labels (one axis), not images; allowed: axes N,H,W or N,H,W,C");
    }
    if (axes != 3 && axes != 4) {
      throw in.error("IDX with " + axes + " axes; allowed: axes N,H,W or N,H,W,C");
    }
    ByteBuffer lengths = ByteBuffer.wrap(in.read(4 * axes, () -> "its header"));
    int count = lengths.getInt();
    if (count < 0) {
      throw in.error("IDX with " + count + " images; allowed: at least 0");
    }
    int height = lengths.getInt();
    int width = lengths.getInt();
    int channels = axes == 3 ? 1 : lengths.getInt();
    if (channels != 1 && channels != 3) {
      throw in.error("IDX with " + channels + " channels; allowed: 1 or 3");
    }
    return new IdxExamples(in, count, Shape.in(name, channels, height, width));
  }

  /** Reads what every IDX file begins with. */
  private static int axes(NamedStream in) {
    byte[] magic = in.read(4, () -> "its header");
    if (magic[0] != 0 || magic[1] != 0) {
      throw in.error(
          String.format(
              Locale.ROOT,
              "not an IDX file, starts with %02x%02x; allowed: 0000",
              magic[0],
              magic[1]));
    }
    if (magic[2] != UINT8) {
      throw in.error(
          String.format(Locale.ROOT, "IDX type 0x%02x; allowed: 0x08 (uint8)", magic[2]));
    }
    return magic[3];
  }

  /**
   * The labels of a file of them, uint8 of N.
   *
   * @param in closed at the end
   */
  static int[] labels(String name, InputStream stream) {
    try (NamedStream in = new NamedStream(name, stream)) {
      int axes = axes(in);
      if (axes != 1) {
        throw in.error("IDX with " + axes + " axes; allowed: one, of labels");
      }
      int count = ByteBuffer.wrap(in.read(4, () -> "its header")).getInt();
      if (count < 0) {
        throw in.error("IDX with " + count + " labels; allowed: at least 0");
      }
      byte[] bytes = in.read(count, () -> "its " + count + " labels");
      in.requireEnd();
      int[] labels = new int[count];
      Arrays.setAll(labels, i -> bytes[i] & 0xFF);
      return labels;
    }
  }

  @Override
  void pass(int index, int n) {
    in.skip(
        (long) n * geometry.dimensions(),
        () -> "an image before " + (index + n) + " of " + count());
  }

  @Override
  Example read(int index) {
    byte[] pixels = in.read(geometry.dimensions(), () -> "image " + index + " of " + count());
    if (index == count() - 1) {
      in.requireEnd();
    }
    return Example.ofPixels(in.name() + "#" + index, geometry, geometry.planar(pixels));
  }

  @Override
  public void close() {
    in.close();
  }
}
