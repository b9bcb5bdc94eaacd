package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageExampleTest {
  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }

  private static Example read(byte[] bytes, int channels) {
    try (ExampleReader reader =
        ExampleFormat.PNG.open("cat.png", new ByteArrayInputStream(bytes), channels)) {
      return reader.next();
    }
  }

  /** Two pixels, written to the raster itself, with no colour conversion. */
  private static BufferedImage gray(int left, int right) {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, 2, 1, 0, new int[] {left, right});
    return image;
  }

  private static BufferedImage colour(int type, int left, int right) {
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(0, 0, left);
    image.setRGB(1, 0, right);
    return image;
  }

  @Test
  void readsGrayAsStored() throws IOException {
    Example example = read(encoded(gray(3, 200), "png"), 0);
    assertThat(example.key()).isEqualTo("cat.png");
    assertThat(example.geometry()).hasToString("1x1x2");
    assertThat(example.pixels()).containsExactly(3, 200);
  }

  @Test
  void readsColourAsPlanes() throws IOException {
    byte[] png = encoded(colour(BufferedImage.TYPE_INT_RGB, 0x010203, 0xfffefd), "png");
    Example example = read(png, 0);
    assertThat(example.geometry()).hasToString("3x1x2");
    assertThat(example.pixels()).containsExactly(1, 255, 2, 254, 3, 253);
  }

  @Test
  void convertsToTheChannelsAskedFor() throws IOException {
    byte[] png = encoded(colour(BufferedImage.TYPE_INT_RGB, 0xff0000, 0x0000ff), "png");
    Example example = read(png, 1);
    assertThat(example.geometry()).hasToString("1x1x2");
    // 0.299 and 0.114 of 255
    assertThat(example.pixels()).containsExactly(76, 29);
    Example repeated = read(encoded(gray(3, 200), "png"), 3);
    assertThat(repeated.geometry()).hasToString("3x1x2");
    assertThat(repeated.pixels()).containsExactly(3, 200, 3, 200, 3, 200);
  }

  @Test
  void readsPalettes() throws IOException {
    byte[] levels = {10, (byte) 200};
    byte[] others = {10, 30};
    BufferedImage gray =
        new BufferedImage(
            2,
            1,
            BufferedImage.TYPE_BYTE_BINARY,
            new IndexColorModel(1, 2, levels, levels, levels));
    gray.getRaster().setSample(1, 0, 0, 1);
    assertThat(read(encoded(gray, "png"), 0).pixels()).containsExactly(10, 200);
    BufferedImage colour =
        new BufferedImage(
            2,
            1,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, 2, levels, levels, others));
    colour.getRaster().setSample(1, 0, 0, 1);
    assertThat(read(encoded(colour, "png"), 0).pixels()).containsExactly(10, 200, 10, 200, 10, 30);
  }

  @Test
  void dropsAnAlphaThatIsOpaqueAndRefusesAnyOther() throws IOException {
    int type = BufferedImage.TYPE_INT_ARGB;
    assertThat(read(encoded(colour(type, 0xff010203, 0xff040506), "png"), 0).pixels())
        .containsExactly(1, 4, 2, 5, 3, 6);
    byte[] clear = encoded(colour(type, 0xff010203, 0x80040506), "png");
    assertThatThrownBy(() -> read(clear, 0))
        .isInstanceOf(DataException.class)
        .hasMessage("cat.png: a pixel of opacity 128; allowed: 255 (opaque)");
  }

  @Test
  void refusesSixteenBits() throws IOException {
    byte[] png = encoded(new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY), "png");
    assertThatThrownBy(() -> read(png, 0))
        .isInstanceOf(DataException.class)
        .hasMessage("cat.png: samples of more than 8 bits; allowed: 8-bit gray or RGB");
  }

  @Test
  void readsJpegWithinItsLoss() throws IOException {
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 16; x++) {
      for (int y = 0; y < 8; y++) {
        image.getRaster().setSample(x, y, 0, 100 + 5 * x);
      }
    }
    Example example = read(encoded(image, "jpg"), 0);
    assertThat(example.geometry()).hasToString("1x8x16");
    for (int i = 0; i < example.dimensions(); i++) {
      // a smooth ramp at the writer's quality of 0.75 stays within a few levels
      assertThat(example.pixels()[i] & 0xFF).isBetween(95 + 5 * (i % 16), 105 + 5 * (i % 16));
    }
  }

  @Test
  void readsTheColoursOfAJpegInTheirPlanes() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 16; x++) {
      for (int y = 0; y < 16; y++) {
        image.setRGB(x, y, 0xC83C1E);
      }
    }
    Example example = read(encoded(image, "jpg"), 0);
    assertThat(example.geometry()).hasToString("3x16x16");
    int[] planes = {0xC8, 0x3C, 0x1E};
    for (int i = 0; i < example.dimensions(); i++) {
      // one colour loses what its luminance and chrominance are rounded by
      assertThat(example.pixels()[i] & 0xFF).isBetween(planes[i / 256] - 5, planes[i / 256] + 5);
    }
  }

  @Test
  void refusesAJpegThatEndsEarly() throws IOException {
    byte[] jpeg = encoded(new BufferedImage(64, 64, BufferedImage.TYPE_3BYTE_BGR), "jpg");
    assertThatThrownBy(() -> read(Arrays.copyOf(jpeg, jpeg.length - 40), 0))
        .isInstanceOf(DataException.class)
        .hasMessage("cat.png: truncated (Truncated File - Missing EOI marker)");
  }

  @Test
  void refusesAPngThatEndsEarly() throws IOException {
    byte[] png = encoded(gray(3, 200), "png");
    assertThatThrownBy(() -> read(Arrays.copyOf(png, png.length / 2), 0))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("cat.png: cannot be read: ");
  }

  @Test
  void refusesAHeaderOfMorePixelsThanMemoryMayTake() throws IOException {
    byte[] png = encoded(gray(3, 200), "png");
    // signature 8 bytes, then the IHDR chunk: length 4, name 4, width, height, 5 more, CRC-32
    ByteBuffer header = ByteBuffer.wrap(png);
    header.putInt(16, 100_000).putInt(20, 100_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    header.putInt(29, (int) crc.getValue());
    assertThatThrownBy(() -> read(png, 0))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "cat.png: 100000 x 100000 pixels, as its header says;"
                + " allowed: at most 67108864 in an image");
  }

  @Test
  void refusesWhatIsNoImage() {
    assertThatThrownBy(() -> read("not a picture".getBytes(), 0))
        .isInstanceOf(DataException.class)
        .hasMessage("cat.png: not an image; allowed: PNG and JPEG");
  }

  @Test
  void holdsOneExampleThatMayBeSkipped() throws IOException {
    byte[] png = encoded(gray(3, 200), "png");
    ExampleReader reader = ExampleFormat.PNG.open("cat.png", new ByteArrayInputStream(png));
    assertThat(reader.count()).isEqualTo(1);
    reader.skip(1);
    assertThat(reader.hasNext()).isFalse();
  }
}
