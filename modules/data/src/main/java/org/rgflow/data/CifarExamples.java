package org.rgflow.data;

import java.io.InputStream;
import java.util.Arrays;

/**
 * Images of a binary batch of CIFAR-10 or CIFAR-100: records of label bytes and 32x32 pixels. An
 * image's class is its last label, as a number.
 *
 * <p>A record is one label (CIFAR-10, below 10) or two (CIFAR-100, below 20 and 100), then 1024
 * red, 1024 green and 1024 blue pixels. The file has no header, so its length tells which it is and
 * how many records it has; labels are checked, for other files are called .bin too.
 */
final class CifarExamples extends CountedReader {
  private static final Shape GEOMETRY = new Shape(3, 32, 32);
  private static final int[] CIFAR_10 = {10};
  private static final int[] CIFAR_100 = {20, 100};

  private final NamedStream in;
  private final int[] labels;

  private CifarExamples(NamedStream in, int count, int[] labels) {
    super(in.name(), count);
    this.in = in;
    this.labels = labels;
  }

  /**
   * The records of a stream.
   *
   * @param length of the file in bytes
   */
  static CifarExamples open(String name, InputStream stream, long length) {
    NamedStream in = new NamedStream(name, stream);
    for (int[] labels : new int[][] {CIFAR_10, CIFAR_100}) {
      int record = labels.length + GEOMETRY.dimensions();
      if (length > 0 && length % record == 0 && length / record <= Integer.MAX_VALUE) {
        return new CifarExamples(in, (int) (length / record), labels);
      }
    }
    throw in.error(
        length + " bytes; allowed: whole records of 3073 bytes (CIFAR-10) or 3074 (CIFAR-100)");
  }

  @Override
  void pass(int index, int n) {
    in.skip(
        (long) n * (labels.length + GEOMETRY.dimensions()),
        () -> "an image before " + (index + n) + " of " + count());
  }

  @Override
  Example read(int index) {
    byte[] record =
        in.read(labels.length + GEOMETRY.dimensions(), () -> "image " + index + " of " + count());
    for (int i = 0; i < labels.length; i++) {
      int label = record[i] & 0xFF;
      if (label >= labels[i]) {
        throw in.error(
            "label "
                + label
                + " of image "
                + index
                + "; allowed: 0 to "
                + (labels[i] - 1)
                + " of CIFAR-"
                + labels[labels.length - 1]);
      }
    }
    byte[] pixels = Arrays.copyOfRange(record, labels.length, record.length);
    String label = String.valueOf(record[labels.length - 1] & 0xFF);
    return Example.ofPixels(in.name() + "#" + index, GEOMETRY, pixels).labelled(label);
  }

  @Override
  public void close() {
    in.close();
  }
}
