package org.rgflow.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes one image of 8-bit gray or RGB as a PNG that is read back as it was. */
public final class PngImage {
  private PngImage() {}

  /** Whether there is a PNG of such a shape: 1 or 3 channels on a grid of two axes. */
  public static boolean holds(Shape shape) {
    return shape.grid().length == 2 && (shape.channels() == 1 || shape.channels() == 3);
  }

  /**
   * The file's bytes.
   *
   * @param pixels planar, (C, H, W)
   * @throws DataException if no PNG holds the shape
   */
  public static byte[] encode(byte[] pixels, Shape shape) {
    if (!holds(shape)) {
      throw new DataException("cannot draw shape " + shape + "; allowed: 1xHxW or 3xHxW");
    }
    int height = shape.grid()[0];
    int width = shape.grid()[1];
    boolean isGray = shape.channels() == 1;
    BufferedImage image =
        new BufferedImage(
            width, height, isGray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    if (isGray) {
      image.getRaster().setDataElements(0, 0, width, height, pixels);
    } else {
      int sites = shape.sites();
      for (int site = 0; site < sites; site++) {
        image.setRGB(
            site % width,
            site / width,
            (pixels[site] & 0xFF) << 16
                | (pixels[sites + site] & 0xFF) << 8
                | pixels[2 * sites + site] & 0xFF);
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      write(image, png);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return png.toByteArray();
  }

  /** Writes an image by way of memory: Java's own way makes a temporary file of each. */
  static void write(BufferedImage image, OutputStream to) throws IOException {
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(to)) {
      ImageIO.write(image, "png", out);
    }
  }
}
