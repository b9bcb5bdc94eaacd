package org.rgflow.notebook;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.rgflow.cli.RgFlow;
import org.rgflow.data.ImageGrid;
import org.rgflow.data.Shape;

/** What the cells of a notebook have at hand; each method is imported by the kernel. */
public final class Notebook {
  private Notebook() {}

  /** Shows a picture, a chart, a data frame or any other value where the cell stands. */
  public static void show(Object value) {
    BaseKernel kernel = BaseKernel.notebookKernel();
    kernel.display(kernel.getRenderer().render(value));
  }

  /** Shows HTML where the cell stands. */
  public static void html(String text) {
    BaseKernel kernel = BaseKernel.notebookKernel();
    kernel.display(kernel.getRenderer().renderAs(text, "text/html"));
  }

  /**
   * Runs a command in this process, as {@code bin/rgflow} does; what it prints is the cell's
   * output.
   *
   * @throws IllegalStateException if its exit status is not 0
   */
  public static void rgflow(String... arguments) {
    int status = RgFlow.execute(arguments);
    if (status != 0) {
      throw new IllegalStateException("rgflow " + arguments[0] + " ended with status " + status);
    }
  }

  /**
   * Images in rows and columns.
   *
   * @param images planar pixels, each of the shape
   * @param shape 1xHxW or 3xHxW
   * @param columns images in a row
   * @param zoom width and height of every pixel as drawn
   */
  public static BufferedImage grid(List<byte[]> images, Shape shape, int columns, int zoom)
      throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageGrid.write(png, images, shape, columns, zoom);
    return ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
  }
}
