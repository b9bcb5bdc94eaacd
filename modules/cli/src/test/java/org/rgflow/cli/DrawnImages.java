package org.rgflow.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small gray images, each named and drawn by its number. */
final class DrawnImages {
  private DrawnImages() {}

  /** Brightness, in [0, 255], at a place of an image. */
  private interface Drawing {
    int at(int x, int y, int number);
  }

  /** Discs whose place and brightness depend on the number. */
  static void discs(Path folder, int first, int count, int size) throws IOException {
    draw(
        folder,
        first,
        count,
        size,
        (x, y, number) -> {
          int distance = Math.abs(x - number % 5 - 2) + Math.abs(y - number % 3 - 2);
          return Math.max(0, 250 - 50 * distance - number);
        });
  }

  /** Slopes of several directions and heights. */
  static void slopes(Path folder, int first, int count, int size) throws IOException {
    draw(
        folder,
        first,
        count,
        size,
        (x, y, number) -> 20 + 37 * number % 100 + 120 / size * (number % 2 == 0 ? x : y));
  }

  private static void draw(Path folder, int first, int count, int size, Drawing drawing)
      throws IOException {
    Files.createDirectories(folder);
    for (int number = first; number < first + count; number++) {
      BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
      for (int site = 0; site < size * size; site++) {
        int x = site % size;
        int y = site / size;
        image.getRaster().setSample(x, y, 0, drawing.at(x, y, number));
      }
      ImageIO.write(image, "png", folder.resolve(number + ".png").toFile());
    }
  }
}
