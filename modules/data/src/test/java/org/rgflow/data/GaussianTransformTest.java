package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.data.KeyedNoise.Purpose;

class GaussianTransformTest {
  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

  /** Of a channel with seven black pixels in ten and three at 200. */
  private static PixelCounts mostlyBlack() {
    PixelCounts counts = new PixelCounts(1);
    counts.add(pixels());
    return counts;
  }

  private static byte[] pixels() {
    byte[] pixels = new byte[10_000];
    Arrays.fill(pixels, 0, 3_000, (byte) 200);
    return pixels;
  }

  private static KeyedNoise noise(long key) {
    return new KeyedNoise(3, key, Purpose.DEQUANTISATION, 0);
  }

  @Test
  void whatWasCountedGetsAStandardNormalMarginal() {
    PixelTransform transform = new GaussianTransform(1e-6, 1, 0.002, mostlyBlack());
    double[] x = new double[10_000];
    transform.forward(pixels(), 1, noise(1), x, 0);

    // Kolmogorov's distance of 10,000 draws is below 1.95 / 100 with probability 0.999; the counts
    // of values that were never seen move it by 256 / 10,256 at most
    Arrays.sort(x);
    for (int i = 0; i < x.length; i++) {
      assertThat((i + 0.5) / x.length)
          .isCloseTo(NORMAL.cumulativeProbability(x[i]), within(0.0195 + 0.025));
    }
  }

  /** One Gaussian of all; one of the black and one of the rest; one of each side of 200, too. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.5, 0.2})
  void theLogDeterminantIsThatOfAFiniteDifference(double atom) {
    PixelCounts counts = mostlyBlack();
    double alpha = 1e-3;
    PixelTransform transform = new GaussianTransform(alpha, atom, 0.002, counts);
    byte[] pixels = {0, (byte) 200, 77, (byte) 255};
    double[] x = new double[4];
    double logDet = transform.forward(pixels, 1, noise(2), x, 0);

    KeyedNoise noise = noise(2);
    double expected = 0;
    double h = 1e-4; // of a bin's width
    for (int i = 0; i < pixels.length; i++) {
      double e = noise.uniform();
      int bin = pixels[i] & 0xFF;
      assertThat(x[i]).isCloseTo(x(counts, alpha, atom, bin, e), within(1e-9));
      double rise = x(counts, alpha, atom, bin, e + h) - x(counts, alpha, atom, bin, e - h);
      double slope = rise / (2 * h);
      expected += Math.log(256 * slope);
    }
    // the difference errs by h^2 times a third derivative of some 10 in wide bins, and in narrow
    // ones
    // by the quantile's rounding, some 1e-16, over h times a share of 1e-4
    assertThat(logDet).isCloseTo(expected, within(1e-6));
  }

  /** The formula, written anew: shares by counting, the quantile by bisection. */
  private static double x(PixelCounts counts, double alpha, double atom, int bin, double e) {
    List<Integer> atoms =
        IntStream.range(0, 256)
            .filter(b -> counts.of(0, b) > atom * counts.total())
            .boxed()
            .toList();
    NavigableSet<Integer> starts = new TreeSet<>(Set.of(0));
    atoms.forEach(b -> starts.addAll(List.of(b, b + 1)));
    int first = starts.floor(bin);
    int after = starts.higher(bin) == null ? 256 : starts.higher(bin);
    double below = 0;
    double all = 0;
    for (int b = first; b < after; b++) {
      below += b < bin ? counts.of(0, b) + 1 : 0;
      all += counts.of(0, b) + 1;
    }
    double place = (below + e * (counts.of(0, bin) + 1)) / all;
    double least = first == 0 ? alpha : 0.002;
    double most = after == 256 ? 1 - alpha : 0.998;
    return quantile(least + (most - least) * place)
        + starts.headSet(bin, true).size() * 2 * quantile(0.998)
        - 2 * quantile(0.998);
  }

  private static double quantile(double wanted) {
    double low = -10;
    double high = 10;
    for (int i = 0; i < 200; i++) {
      double middle = (low + high) / 2;
      if (NORMAL.cumulativeProbability(middle) < wanted) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** A normal density of the latents then costs what the counts' entropy says. */
  @Test
  void independentPixelsCostTheEntropyOfTheirCounts() {
    PixelTransform transform = new GaussianTransform(1e-9, 1, 0.002, mostlyBlack());
    byte[] pixels = pixels();
    double[] x = new double[pixels.length];
    double logDet = transform.forward(pixels, 1, noise(4), x, 0);
    double logNormal = 0;
    for (double value : x) {
      logNormal += NORMAL.logDensity(value);
    }
    double share = 3_001 / 10_256.0;
    double black = 7_001 / 10_256.0;
    double crossEntropy = -(0.3 * Math.log(share) + 0.7 * Math.log(black)) / Math.log(2);
    // 1 - 2 alpha is all that differs, and the sum of 10,000 terms
    assertThat(PixelTransform.bitsPerDim(logNormal, logDet, pixels.length))
        .isCloseTo(crossEntropy, within(1e-6));
  }

  /** A value's normal is cut off where the next begins, at 1 - 0.002 of it. */
  @Test
  void anAtomGetsAStandardNormalOfItsOwnAndTheValuesBetweenOneFurtherUp() {
    PixelTransform transform = new GaussianTransform(1e-6, 0.5, 0.002, mostlyBlack());
    double[] x = new double[10_000];
    transform.forward(pixels(), 1, noise(6), x, 0);

    double distance = 2 * NORMAL.inverseCumulativeProbability(0.998);
    double[] rest = Arrays.stream(x, 0, 3_000).map(value -> value - distance).sorted().toArray();
    double[] black = Arrays.stream(x, 3_000, 10_000).sorted().toArray();
    assertThat(black[black.length - 1]).isLessThan(distance / 2);
    assertThat(rest[0]).isGreaterThan(-distance / 2);
    // Kolmogorov's distance as above, and one count of each value in 3,255
    for (int i = 0; i < black.length; i++) {
      double expected = (i + 0.5) / black.length;
      assertThat(NORMAL.cumulativeProbability(black[i])).isCloseTo(expected, within(0.024 + 0.002));
    }
    for (int i = 0; i < rest.length; i++) {
      double expected = (i + 0.5) / rest.length;
      assertThat(NORMAL.cumulativeProbability(rest[i])).isCloseTo(expected, within(0.036 + 0.063));
    }
  }

  @Test
  void refusesConstantsOutOfRangeAndOtherChannels() {
    assertThatThrownBy(() -> new GaussianTransform(1e-6, 0, 0.002, mostlyBlack()))
        .isInstanceOf(DataException.class)
        .hasMessage("atom of the transform must be in (0, 1], was 0.0");
    assertThatThrownBy(() -> new GaussianTransform(1e-6, 0.5, 0.5, mostlyBlack()))
        .isInstanceOf(DataException.class)
        .hasMessage("tail of the transform must be in (0, 0.5), was 0.5");
    assertThatThrownBy(() -> new GaussianTransform(0, 1, 0.002, mostlyBlack()))
        .isInstanceOf(DataException.class)
        .hasMessage("alpha of the transform must be in (0, 0.5), was 0.0");
    PixelTransform transform = new GaussianTransform(1e-6, 1, 0.002, mostlyBlack());
    assertThatThrownBy(() -> transform.forward(new byte[4], 2, noise(5), new double[4], 0))
        .isInstanceOf(DataException.class)
        .hasMessage("image of 2 channels; allowed: 1, as the pixel transform");
  }
}
