package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.data.KeyedNoise.Purpose;

class LogitTransformTest {
  private static KeyedNoise noise() {
    return new KeyedNoise(1, 2, Purpose.DEQUANTISATION, 0);
  }

  private static byte[] allPixels() {
    byte[] pixels = new byte[256];
    for (int i = 0; i < 256; i++) {
      pixels[i] = (byte) i;
    }
    return pixels;
  }

  /** x of y, written anew from the formula. */
  private static double x(double y, double alpha, double mean, double deviation) {
    double q = alpha + (1 - 2 * alpha) * y;
    return (Math.log(q / (1 - q)) - mean) / deviation;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.05})
  void logDetIsThatOfAFiniteDifference(double alpha) {
    double[] mean = {-1, 0.5};
    double[] deviation = {2, 0.25};
    PixelTransform transform = new LogitTransform(alpha, new Standardisation(mean, deviation));
    byte[] pixels = {3, (byte) 130, (byte) 250, 90};
    double[] x = new double[4];
    double logDet = transform.forward(pixels, 2, noise(), x, 0);
    KeyedNoise noise = noise();
    double expected = 0;
    double h = 1e-6;
    for (int i = 0; i < 4; i++) {
      double y = ((pixels[i] & 0xFF) + noise.uniform()) / 256;
      int c = i / 2;
      assertThat(x[i]).isCloseTo(x(y, alpha, mean[c], deviation[c]), within(1e-12));
      double above = x(y + h, alpha, mean[c], deviation[c]);
      double below = x(y - h, alpha, mean[c], deviation[c]);
      expected += Math.log((above - below) / (2 * h));
    }
    // a central difference errs by h^2 y^-2 / 3, some 1e-9 at y = 3/256, and by rounding, some
    // 1e-10
    assertThat(logDet).isCloseTo(expected, within(1e-8));
  }

  @Test
  void dequantisedPixelsStayInTheirBins() {
    PixelTransform transform = new LogitTransform(0.05);
    byte[] pixels = new byte[1000];
    double[] x = new double[1000];
    transform.forward(pixels, 1, noise(), x, 0);
    double end = x(1.0 / 256, 0.05, 0, 1);
    for (double value : x) {
      assertThat(value).isGreaterThanOrEqualTo(x(0, 0.05, 0, 1)).isLessThan(end);
    }
  }

  @Test
  void standardisedHasMeanZeroAndDeviationOne() {
    LogitTransform plain = new LogitTransform(1e-6);
    byte[] pixels = allPixels();
    double[] x = new double[256];
    plain.forward(pixels, 2, noise(), x, 0);
    Moments moments = new Moments(2);
    moments.add(x, 0, 128);
    LogitTransform transform = plain.standardised(moments);
    assertThat(plain.standardisation().isNone()).isTrue();
    assertThat(transform.alpha()).isEqualTo(1e-6);
    assertThat(transform.standardisation().mean()).isEqualTo(moments.mean());
    assertThat(transform.standardisation().deviation()).isEqualTo(moments.deviation());
    transform.forward(pixels, 2, noise(), x, 0);
    Moments after = new Moments(2);
    after.add(x, 0, 128);
    assertThat(after.mean()).containsExactly(new double[] {0, 0}, within(1e-12));
    assertThat(after.deviation()).containsExactly(new double[] {1, 1}, within(1e-12));
  }

  /** If p(x) is the image of the uniform density on the pixels' cube, every image costs 8 bits. */
  @Test
  void uniformDensityCostsEightBits() {
    double[] x = new double[256];
    double logDet =
        new LogitTransform(0.05, new Standardisation(new double[] {1}, new double[] {3}))
            .forward(allPixels(), 1, noise(), x, 0);
    assertThat(PixelTransform.bitsPerDim(-logDet, logDet, 256)).isEqualTo(8);
  }

  @Test
  void refusesConstantsOutOfRange() {
    for (double alpha : new double[] {0, 0.5, -1, Double.NaN}) {
      assertThatThrownBy(() -> new LogitTransform(alpha))
          .isInstanceOf(DataException.class)
          .hasMessage("alpha of the logit must be in (0, 0.5), was " + alpha);
    }
  }

  @Test
  void refusesImagesOfOtherChannels() {
    Standardisation ofThree = new Standardisation(new double[3], new double[] {1, 1, 1});
    PixelTransform transform = new LogitTransform(0.05, ofThree);
    assertThatThrownBy(() -> transform.forward(new byte[4], 1, noise(), new double[4], 0))
        .isInstanceOf(DataException.class)
        .hasMessage("image of 1 channels; allowed: 3, as the pixel transform");
    assertThatThrownBy(() -> transform.inverse(new float[4], 0, new byte[4]))
        .hasMessage("4 pixels cannot be 3 channels; allowed: a multiple");
  }
}
