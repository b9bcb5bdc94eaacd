package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rgflow.data.KeyedNoise.Purpose;

class KeyedNoiseTest {
  private static final int DRAWS = 200_000;

  /** Five standard errors: seeds are fixed, so this passes for ever or never. */
  private static final double ERRORS = 5;

  private static KeyedNoise noise() {
    return new KeyedNoise(42, KeyedNoise.key("train#17"), Purpose.PROBE, 3);
  }

  @Test
  void keyIsTheStartOfTheNamesSha256() {
    assertThat(KeyedNoise.key("")).isEqualTo(0xe3b0c44298fc1c14L);
    assertThat(KeyedNoise.key("train#17")).isEqualTo(0xef1d99e96eaa1883L);
    assertThat(KeyedNoise.key("Gr\u00f6\u00dfe")).isEqualTo(0xaedc3f80989a6546L);
  }

  @Test
  void purposesKeepTheirCodes() {
    assertThat(Arrays.stream(Purpose.values()).mapToInt(Purpose::code))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  /** Values of an independent program in Python, written from the class's formulas. */
  @Test
  void streamsStayAsTheyAre() {
    double[] uniform = new double[4];
    noise().fillUniform(uniform, 0, 4);
    assertThat(uniform)
        .containsExactly(
            0.812618732544442, 0.456570567546028, 0.3727174492344547, 0.44818702090135154);
    float[] floats = new float[4];
    noise().fillUniform(floats, 0, 4);
    assertThat(floats)
        .containsExactly(
            0.39534908533096313f, 0.8126187324523926f, 0.9263495206832886f, 0.456570565700531f);
    double[] gaussian = new double[2];
    noise().fillGaussian(gaussian, 0, 2);
    // C's and Java's logarithm and sine may differ in the last place
    assertThat(gaussian)
        .containsExactly(new double[] {-0.6203592626879443, 0.17361126513439679}, within(1e-15));
    double[] laplace = new double[4];
    noise().fillLaplace(laplace, 0, 4);
    assertThat(laplace)
        .containsExactly(
            new double[] {
              -0.20749324309214787, 0.7840120070034398, -0.9869346551478646, 0.8025446763091483
            },
            within(1e-15));
    double[] rademacher = new double[8];
    noise().fillRademacher(rademacher, 0, 8);
    assertThat(rademacher).containsExactly(-1, 1, 1, 1, 1, -1, -1, 1);
    assertThat(new KeyedNoise(42, KeyedNoise.key("train#17"), Purpose.SHUFFLE, 0).permutation(6))
        .containsExactly(0, 3, 4, 1, 2, 5);
  }

  @Test
  void fillsOnlyTheGivenRangeAndAsSingleDrawsWould() {
    float[] target = new float[6];
    noise().fillGaussian(target, 2, 3);
    KeyedNoise single = noise();
    assertThat(target)
        .containsExactly(
            0,
            0,
            (float) single.gaussian(),
            (float) single.gaussian(),
            (float) single.gaussian(),
            0);
    noise().fillLaplace(target, 0, 2);
    single = noise();
    assertThat(target).startsWith((float) single.laplace(), (float) single.laplace());
    noise().fillRademacher(target, 4, 2);
    single = noise();
    assertThat(target).endsWith((float) single.rademacher(), (float) single.rademacher());
  }

  @Test
  void uniformHasItsMoments() {
    assertMoments(KeyedNoise::uniform, 0.5, 1.0 / 12, 1.0 / 80);
    assertMoments(KeyedNoise::uniformFloat, 0.5, 1.0 / 12, 1.0 / 80);
  }

  @Test
  void gaussianHasItsMoments() {
    assertMoments(KeyedNoise::gaussian, 0, 1, 3);
  }

  @Test
  void laplaceHasItsMoments() {
    assertMoments(KeyedNoise::laplace, 0, 2, 24);
  }

  @Test
  void rademacherHasItsMoments() {
    assertMoments(KeyedNoise::rademacher, 0, 1, 1);
    KeyedNoise noise = noise();
    assertThat(IntStream.range(0, 100).mapToDouble(i -> noise.rademacher()))
        .containsOnly(-1.0, 1.0);
  }

  /** Mean and variance within their standard errors, sqrt(var/n) and sqrt((m4 - var^2)/n). */
  private static void assertMoments(
      ToDoubleFunction<KeyedNoise> draw, double mean, double variance, double fourthMoment) {
    KeyedNoise noise = noise();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      double centred = draw.applyAsDouble(noise) - mean;
      sum += centred;
      squares += centred * centred;
    }
    assertThat(sum / DRAWS).isCloseTo(0, within(ERRORS * Math.sqrt(variance / DRAWS)));
    double error = ERRORS * Math.sqrt((fourthMoment - variance * variance) / DRAWS);
    assertThat(squares / DRAWS).isCloseTo(variance, within(error + 1e-12));
  }

  @Test
  void uniformStaysBelowOneAsFloatToo() {
    KeyedNoise noise = noise();
    for (int i = 0; i < DRAWS; i++) {
      assertThat(noise.uniformFloat()).isGreaterThanOrEqualTo(0).isLessThan(1);
    }
  }

  @Test
  void streamsThatDifferInOneArgumentAreUncorrelated() {
    long key = KeyedNoise.key("a");
    KeyedNoise[] streams = {
      new KeyedNoise(1, key, Purpose.PROBE, 0),
      new KeyedNoise(2, key, Purpose.PROBE, 0),
      new KeyedNoise(1, key + 1, Purpose.PROBE, 0),
      new KeyedNoise(1, key, Purpose.LATENT, 0),
      new KeyedNoise(1, key, Purpose.PROBE, 1)
    };
    double[][] draws = new double[streams.length][DRAWS];
    for (int i = 0; i < streams.length; i++) {
      streams[i].fillGaussian(draws[i], 0, DRAWS);
    }
    for (int i = 0; i < streams.length; i++) {
      for (int j = 0; j < i; j++) {
        double product = 0;
        for (int n = 0; n < DRAWS; n++) {
          product += draws[i][n] * draws[j][n];
        }
        assertThat(product / DRAWS).isCloseTo(0, within(ERRORS / Math.sqrt(DRAWS)));
      }
    }
  }

  /** The first draw of many neighbouring keys is a sample of its own. */
  @Test
  void firstDrawsOfNeighbouringKeysAreUniform() {
    int[] counts = new int[10];
    double previous = 0.5;
    double product = 0;
    int keys = 20_000;
    for (int key = 0; key < keys; key++) {
      double draw = new KeyedNoise(0, key, Purpose.DEQUANTISATION, 0).uniform();
      counts[(int) (10 * draw)]++;
      product += (draw - 0.5) * (previous - 0.5);
      previous = draw;
    }
    double deviation = Math.sqrt(keys * 0.1 * 0.9);
    for (int count : counts) {
      assertThat((double) count).isCloseTo(keys * 0.1, within(ERRORS * deviation));
    }
    assertThat(product / keys).isCloseTo(0, within(ERRORS / 12 / Math.sqrt(keys)));
  }

  @Test
  void boundedIntegersAreUniformBelowTheBound() {
    KeyedNoise noise = noise();
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[(int) noise.nextLong(7)]++;
    }
    for (int count : counts) {
      assertThat((double) count).isCloseTo(10_000, within(ERRORS * Math.sqrt(10_000)));
    }
    assertThat(noise.nextLong(1)).isZero();
    for (int i = 0; i < 100; i++) {
      // half of all draws are rejected for this bound
      assertThat(noise.nextLong((1L << 62) + 1)).isBetween(0L, 1L << 62);
    }
  }

  @Test
  void boundBelowOneIsRefused() {
    assertThatThrownBy(() -> noise().nextLong(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bound must be at least 1, was 0");
  }

  @Test
  void permutationsHoldEveryIndexOnceAndAllOccur() {
    KeyedNoise noise = noise();
    assertThat(noise.permutation(0)).isEmpty();
    assertThat(noise.permutation(1000)).containsOnly(IntStream.range(0, 1000).toArray());
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      seen.add(Arrays.toString(noise.permutation(4)));
    }
    assertThat(seen).hasSize(24);
  }
}
