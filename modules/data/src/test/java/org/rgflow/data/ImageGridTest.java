package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageGridTest {
  private static final byte GAP = (byte) 0x80;

  private static Example drawn(List<byte[]> images, Shape shape, int columns, int zoom)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageGrid.write(out, images, shape, columns, zoom);
    ExampleReader reader =
        ExampleFormat.PNG.open("grid.png", new ByteArrayInputStream(out.toByteArray()), 3);
    return reader.next();
  }

  @Test
  void placesGrayImagesRowByRow() throws IOException {
    List<byte[]> images = List.of(new byte[] {1, 2}, new byte[] {3, 4}, new byte[] {5, (byte) 200});
    Example grid = drawn(images, new Shape(1, 1, 2), 2, 1);
    assertThat(grid.geometry()).hasToString("3x3x5");
    byte[] plane = {1, 2, GAP, 3, 4, GAP, GAP, GAP, GAP, GAP, 5, (byte) 200, GAP, GAP, GAP};
    for (int channel = 0; channel < 3; channel++) {
      assertThat(Arrays.copyOfRange(grid.pixels(), 15 * channel, 15 * channel + 15))
          .isEqualTo(plane);
    }
  }

  @Test
  void drawsImagesBesideOthersWithAnEmptyColumnBetween() throws IOException {
    List<byte[]> left = List.of(new byte[] {1}, new byte[] {2}, new byte[] {3});
    List<byte[]> right = List.of(new byte[] {4});
    Example grid = drawn(ImageGrid.beside(left, right, 2), new Shape(1, 1, 1), 5, 1);
    assertThat(grid.geometry()).hasToString("3x3x9");
    byte[] first = {1, GAP, 2, GAP, GAP, GAP, 4, GAP, GAP};
    byte[] third = {3, GAP, GAP, GAP, GAP, GAP, GAP, GAP, GAP};
    assertThat(Arrays.copyOfRange(grid.pixels(), 0, 9)).isEqualTo(first);
    assertThat(Arrays.copyOfRange(grid.pixels(), 18, 27)).isEqualTo(third);
  }

  @Test
  void drawsColourAndZoom() throws IOException {
    Example grid = drawn(List.of(new byte[] {1, 2, 3, 4, 5, 6}), new Shape(3, 1, 2), 1, 2);
    assertThat(grid.geometry()).hasToString("3x2x4");
    assertThat(grid.pixels())
        .containsExactly(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4, 5, 5, 6, 6, 5, 5, 6, 6);
  }

  @Test
  void tellsHowManyImagesAPictureHolds() throws IOException {
    Shape shape = new Shape(1, 1, 2);
    List<byte[]> many = Collections.nCopies(40_000, new byte[2]);
    List<byte[]> fitting = ImageGrid.thatFit(many, shape, 2, 1);
    assertThat(fitting).hasSize(2 * 16_384);
    assertThat(drawn(fitting, shape, 2, 1).geometry()).hasToString("3x32767x5");
    assertThatThrownBy(() -> drawn(many.subList(0, fitting.size() + 1), shape, 2, 1))
        .isInstanceOf(DataException.class);
    assertThat(ImageGrid.thatFit(many.subList(0, 3), shape, 2, 1)).hasSize(3);
  }

  @Test
  void refusesWhatItCannotDraw() {
    Shape shape = new Shape(1, 1, 2);
    List<byte[]> one = List.of(new byte[2]);
    assertThatThrownBy(() -> drawn(one, new Shape(2, 1, 2), 1, 1))
        .isInstanceOf(DataException.class)
        .hasMessage("cannot draw shape 2x1x2; allowed: 1xHxW or 3xHxW");
    assertThatThrownBy(() -> drawn(one, new Shape(1, 2), 1, 1))
        .hasMessage("cannot draw shape 1x2; allowed: 1xHxW or 3xHxW");
    assertThatThrownBy(() -> drawn(one, shape, 0, 1))
        .hasMessage("columns must be at least 1, was 0");
    assertThatThrownBy(() -> drawn(one, shape, 1, 0)).hasMessage("zoom must be at least 1, was 0");
    assertThatThrownBy(() -> drawn(List.of(), shape, 1, 1))
        .hasMessage("grid of 0 images; allowed: at least 1");
    assertThatThrownBy(() -> drawn(List.of(new byte[3]), shape, 1, 1))
        .hasMessage("image 0 has 3 pixels; allowed: 2 of 1x1x2");
    assertThatThrownBy(() -> drawn(one, shape, 1, 20_000))
        .hasMessage("picture of 40000 pixels along a side; allowed: 32768");
    ImageGrid.requireRoom(shape, 10_923, 1);
    assertThatThrownBy(() -> ImageGrid.requireRoom(shape, 10_924, 1))
        .hasMessage("picture of 32771 pixels along a side; allowed: 32768");
  }
}
