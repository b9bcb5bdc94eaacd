package org.rgflow.cli.latents;

import java.io.IOException;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleFormat;
import org.rgflow.data.Hole;
import org.rgflow.data.Shape;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which pixels are not known. */
final class HoleOption {
  @ArgGroup(multiplicity = "1")
  private Given given;

  /** One of the two. */
  private static final class Given {
    @Option(
        names = "--hole",
        required = true,
        split = ",",
        paramLabel = "N",
        hideParamSyntax = true,
        description = "Rectangle: first row, first column, height and width, joined by commas.")
    private int[] rectangle;

    @Option(
        names = "--mask",
        required = true,
        paramLabel = "FILE",
        description = "Picture of the images' size, bright (gray of 128 or more) in the hole.")
    private String mask;
  }

  /**
   * The hole in images of a shape.
   *
   * @throws DataException if it is not one of these images
   */
  Hole in(Shape shape) throws IOException {
    if (given.mask != null) {
      byte[] file = Storage.open().read(given.mask);
      return Hole.ofMask(given.mask, ExampleFormat.image(given.mask, file, 1), shape);
    }
    int[] numbers = given.rectangle;
    if (numbers.length != 4) {
      throw new DataException(
          "--hole has " + numbers.length + " numbers; allowed: ROW,COLUMN,HEIGHT,WIDTH");
    }
    return Hole.rectangle(shape, numbers[0], numbers[1], numbers[2], numbers[3]);
  }
}
