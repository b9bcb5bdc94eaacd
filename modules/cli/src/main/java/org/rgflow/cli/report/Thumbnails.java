package org.rgflow.cli.report;

import org.rgflow.data.PngImage;
import org.rgflow.data.Shape;

/**
 * Images as small as a page of all of them must have them: each value the mean of a square.
 *
 * @param from shape of the images
 * @param side of the squares, in pixels; what is left at the lower and right edges is left out
 */
record Thumbnails(Shape from, int side) {
  /** Images of a page: samples, others beside them, some decoded again, and extremes. */
  private static final int IMAGES =
      2 * Evaluator.SHOWN + 2 * Pictures.DECODED + 2 * Exhibit.EXTREMES;

  /** Of all of them, before they are coded: noise takes as much, and a third more as text. */
  private static final long MOST_BYTES = 2_500_000;

  /** Those of a shape. */
  static Thumbnails of(Shape shape) {
    int side = 1;
    while ((long) IMAGES * shape.dimensions() / ((long) side * side) > MOST_BYTES) {
      side++;
    }
    return new Thumbnails(shape, side);
  }

  Shape shape() {
    int[] grid = from.grid();
    return new Shape(from.channels(), Math.max(1, grid[0] / side), Math.max(1, grid[1] / side));
  }

  /** How they are told of; nothing where they are whole. */
  String said() {
    return side == 1 ? "" : Numbers.of(" (drawn at 1/%d of their size)", side);
  }

  /** Planar pixels of the smaller shape; null of null. */
  byte[] reduced(byte[] pixels) {
    if (side == 1 || pixels == null) {
      return pixels;
    }
    int[] grid = shape().grid();
    int width = from.grid()[1];
    int height = Math.min(side, from.grid()[0]);
    int across = Math.min(side, width);
    byte[] small = new byte[from.channels() * grid[0] * grid[1]];
    for (int i = 0; i < small.length; i++) {
      int channel = i / (grid[0] * grid[1]);
      int top = i / grid[1] % grid[0] * side;
      int left = i % grid[1] * side;
      long sum = 0;
      for (int y = 0; y < height; y++) {
        int at = channel * from.sites() + (top + y) * width + left;
        for (int x = 0; x < across; x++) {
          sum += pixels[at + x] & 0xFF;
        }
      }
      small[i] = (byte) Math.round((double) sum / (height * across));
    }
    return small;
  }

  byte[] png(byte[] pixels) {
    return PngImage.encode(reduced(pixels), shape());
  }
}
