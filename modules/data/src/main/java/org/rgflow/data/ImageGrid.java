package org.rgflow.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Draws images of one shape in rows and columns, as a PNG. */
public final class ImageGrid {
  /** Pixels between images, before zoom. */
  private static final int GAP = 1;

  private static final int GAP_COLOUR = 0x808080;

  /** Pixels along a side, so that a picture's count fits an int. */
  private static final int MAX_LENGTH = 1 << 15;

  private ImageGrid() {}

  /**
   * Writes as many rows as the images need, with a gray gap of one pixel between them; the stream
   * stays open.
   *
   * <p>Width in pixels: (columns (W + 1) - 1) zoom; height likewise.
   *
   * @param images planar pixels, each of the shape; a null and unfilled places of the last row stay
   *     gray
   * @param shape 1 (gray) or 3 (RGB) channels on a grid of two axes
   * @param columns images in a row
   * @param zoom width and height of every pixel as drawn
   * @throws DataException if there is no image, an image or the shape is another, a number is less
   *     than 1, or the picture would be wider or higher than 32768 pixels
   */
  public static void write(
      OutputStream out, List<byte[]> images, Shape shape, int columns, int zoom)
      throws IOException {
    int[] grid = shape.grid();
    if (!PngImage.holds(shape)) {
      throw new DataException("cannot draw shape " + shape + "; allowed: 1xHxW or 3xHxW");
    }
    if (columns < 1) {
      throw new DataException("columns must be at least 1, was " + columns);
    }
    if (zoom < 1) {
      throw new DataException("zoom must be at least 1, was " + zoom);
    }
    if (images.isEmpty()) {
      throw new DataException("grid of 0 images; allowed: at least 1");
    }
    int rows = (images.size() + columns - 1) / columns;
    int width = length(columns, grid[1], zoom);
    int height = length(rows, grid[0], zoom);
    int[] canvas = new int[width * height];
    Arrays.fill(canvas, GAP_COLOUR);
    for (int i = 0; i < images.size(); i++) {
      byte[] pixels = images.get(i);
      if (pixels == null) {
        continue;
      }
      if (pixels.length != shape.dimensions()) {
        throw new DataException(
            "image "
                + i
                + " has "
                + pixels.length
                + " pixels; allowed: "
                + shape.dimensions()
                + " of "
                + shape);
      }
      int top = i / columns * (grid[0] + GAP) * zoom;
      int left = i % columns * (grid[1] + GAP) * zoom;
      for (int y = 0; y < grid[0] * zoom; y++) {
        for (int x = 0; x < grid[1] * zoom; x++) {
          canvas[(top + y) * width + left + x] =
              colour(pixels, shape, y / zoom * grid[1] + x / zoom);
        }
      }
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, canvas, 0, width);
    PngImage.write(image, out);
  }

  /**
   * Checks that a picture has room for so many images in a row.
   *
   * @throws DataException if it would be wider than 32768 pixels
   */
  public static void requireRoom(Shape shape, int columns, int zoom) {
    length(columns, shape.grid()[1], zoom);
  }

  /**
   * The first of the images, in whole rows, that a picture has room for; at least one row.
   *
   * @param columns images in a row
   * @param zoom width and height of every pixel as drawn
   */
  public static List<byte[]> thatFit(List<byte[]> images, Shape shape, int columns, int zoom) {
    long rows = Math.max(1, (MAX_LENGTH / zoom + GAP) / (shape.grid()[0] + GAP));
    return images.subList(0, (int) Math.min(images.size(), rows * columns));
  }

  /**
   * Images beside others, row by row, with an empty column between: what {@link #write} takes as
   * {@code 2 columns + 1} columns.
   *
   * @param columns of each
   */
  public static List<byte[]> beside(List<byte[]> left, List<byte[]> right, int columns) {
    List<byte[]> all = new ArrayList<>();
    for (int first = 0; first < Math.max(left.size(), right.size()); first += columns) {
      addRow(all, left, first, columns);
      all.add(null);
      addRow(all, right, first, columns);
    }
    return all;
  }

  private static void addRow(List<byte[]> all, List<byte[]> images, int first, int columns) {
    for (int i = first; i < first + columns; i++) {
      all.add(i < images.size() ? images.get(i) : null);
    }
  }

  private static int length(int images, int pixels, int zoom) {
    long length = (images * (pixels + (long) GAP) - GAP) * zoom;
    if (length > MAX_LENGTH) {
      throw new DataException(
          "picture of " + length + " pixels along a side; allowed: " + MAX_LENGTH);
    }
    return (int) length;
  }

  private static int colour(byte[] pixels, Shape shape, int site) {
    int second = shape.channels() == 1 ? 0 : shape.sites();
    return (pixels[site] & 0xFF) << 16
        | (pixels[second + site] & 0xFF) << 8
        | pixels[2 * second + site] & 0xFF;
  }
}
