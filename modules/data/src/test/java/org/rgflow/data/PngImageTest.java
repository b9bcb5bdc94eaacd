package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PngImageTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anImageIsReadBackAsItWas(int channels) {
    Shape shape = new Shape(channels, 3, 5);
    byte[] pixels = new byte[shape.dimensions()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (37 * i + 11 * channels);
    }
    Example read = ExampleFormat.image("a.png", PngImage.encode(pixels, shape), 0);
    assertThat(read.geometry()).isEqualTo(shape);
    assertThat(read.pixels()).isEqualTo(pixels);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void otherChannelsAreRefused(int channels) {
    Shape shape = new Shape(channels, 3, 5);
    assertThatThrownBy(() -> PngImage.encode(new byte[shape.dimensions()], shape))
        .isInstanceOf(DataException.class)
        .hasMessage("cannot draw shape " + shape + "; allowed: 1xHxW or 3xHxW");
  }
}
