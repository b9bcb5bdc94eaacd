package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rgflow.data.KeyedNoise.Purpose;

/** What holds for every transform of pixels. */
class PixelTransformTest {
  private static final int CHANNELS = 2;

  static Stream<PixelTransform> transforms() {
    PixelCounts counts = new PixelCounts(CHANNELS);
    byte[] mostlyBlack = new byte[2000];
    for (int i = 0; i < 300; i++) {
      mostlyBlack[i] = (byte) i;
      mostlyBlack[1000 + i] = (byte) (i / 3);
    }
    counts.add(mostlyBlack);
    return Stream.of(
        new LogitTransform(1e-6),
        new LogitTransform(0.05, new Standardisation(new double[] {-7, 2}, new double[] {4, 0.5})),
        new GaussianTransform(1e-6, 1, 0.01, counts),
        new GaussianTransform(0.05, 1, 0.01, counts),
        new GaussianTransform(1e-6, 0.25, 0.01, counts),
        new GaussianTransform(1e-6, 0.0015, 1e-4, counts),
        new GaussianTransform(1e-6, 0.25, 0.01, new PixelCounts(CHANNELS)));
  }

  private static KeyedNoise noise() {
    return new KeyedNoise(1, 2, Purpose.DEQUANTISATION, 0);
  }

  private static byte[] everyPixel() {
    byte[] pixels = new byte[CHANNELS * 256];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    return pixels;
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void theInverseGivesEveryPixelBack(PixelTransform transform) {
    byte[] pixels = everyPixel();
    double[] x = new double[pixels.length + 3];
    byte[] back = new byte[pixels.length];
    transform.forward(pixels, CHANNELS, noise(), x, 3);
    transform.inverse(x, 3, back);
    assertThat(back).isEqualTo(pixels);

    float[] rounded = new float[pixels.length + 3];
    transform.forward(pixels, CHANNELS, noise(), rounded, 3);
    transform.inverse(rounded, 3, back);
    assertThat(back).isEqualTo(pixels);
    assertThat(rounded[17]).isEqualTo((float) x[17]);
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void brighterPixelsAreLargerNumbers(PixelTransform transform) {
    double[] x = new double[CHANNELS * 256];
    transform.forward(everyPixel(), CHANNELS, noise(), x, 0);
    for (int i = 1; i < x.length; i++) {
      assertThat(i % 256 == 0 || x[i] > x[i - 1]).as("pixel %d", i).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void theInverseClampsWhatNoPixelGives(PixelTransform transform) {
    byte[] pixels = new byte[4];
    transform.inverse(new double[] {-1e300, 1e300, -1e300, 1e300}, 0, pixels);
    assertThat(pixels).containsExactly(0, 255, 0, 255);
  }

  @Test
  void bitsAndNatsPerDimensionAreTheirFormulas() {
    // 784 dimensions at one nat each, 784 of log determinant: -0/(D log 2) + 8, then one bit more
    assertThat(PixelTransform.bitsPerDim(-784, 784, 784)).isEqualTo(8);
    assertThat(PixelTransform.bitsPerDim(-784 * Math.log(2), 0, 784)).isCloseTo(9, within(1e-12));
    PixelTransform transform = new LogitTransform(0.05);
    assertThat(transform.perDimension(-784, 784))
        .isEqualTo(PixelTransform.bitsPerDim(-784, 0, 784));
  }
}
