package org.rgflow.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rgflow.data.Shape;

class ThumbnailsTest {
  /** Bytes of a page beside its pictures, about. */
  private static final int REST = 500_000;

  @Test
  void smallImagesStayWhole() {
    Thumbnails whole = Thumbnails.of(new Shape(1, 28, 28));
    byte[] pixels = new byte[28 * 28];
    assertThat(whole.reduced(pixels)).isSameAs(pixels);
    assertThat(whole.said()).isEmpty();
  }

  @Test
  void eachValueIsTheMeanOfASquare() {
    Thumbnails half = new Thumbnails(new Shape(2, 2, 5), 2);
    byte[] pixels = new byte[20];
    byte[] first = {1, 3, 10, 10, 99, 5, 7, 20, (byte) 200, 99};
    System.arraycopy(first, 0, pixels, 0, 10);
    assertThat(half.shape()).isEqualTo(new Shape(2, 1, 2));
    assertThat(half.reduced(pixels)).containsExactly(4, 60, 0, 0);
    assertThat(half.reduced(null)).isNull();
    assertThat(half.said()).isEqualTo(" (drawn at 1/2 of their size)");
  }

  @Test
  void aPageOfNoiseStaysBelowFiveMegabytes() {
    for (Shape shape : new Shape[] {new Shape(3, 96, 96), new Shape(3, 512, 300)}) {
      byte[] noise = new byte[shape.dimensions()];
      new Random(1).nextBytes(noise);
      int png = Thumbnails.of(shape).png(noise).length;
      assertThat(184L * png * 4 / 3 + REST).isLessThan(5_000_000);
    }
  }

  @Test
  void anImageNarrowerThanASquareIsOneValueWide() {
    Thumbnails thin = new Thumbnails(new Shape(1, 2, 9), 4);
    assertThat(thin.reduced(new byte[18])).hasSize(2);
  }
}
