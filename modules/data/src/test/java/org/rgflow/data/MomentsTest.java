package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MomentsTest {
  private static final double TOLERANCE = 1e-12;

  @Test
  void givesMeanAndDeviationPerChannel() {
    Moments moments = new Moments(2);
    moments.add(new double[] {99, 1, 3, 10, 10}, 1, 2);
    moments.add(new float[] {5, 7, 10, 14}, 0, 2);
    assertThat(moments.channels()).isEqualTo(2);
    assertThat(moments.count()).isEqualTo(4);
    assertThat(moments.mean()).containsExactly(new double[] {4, 11}, within(TOLERANCE));
    assertThat(moments.deviation())
        .containsExactly(new double[] {Math.sqrt(5), Math.sqrt(3)}, within(TOLERANCE));
  }

  @Test
  void mergedShardsAgreeWithOnePass() {
    double[] x = new double[300];
    new KeyedNoise(1, 2, KeyedNoise.Purpose.PROBE, 0).fillGaussian(x, 0, x.length);
    Moments whole = new Moments(1);
    Moments first = new Moments(1);
    Moments second = new Moments(1);
    for (int i = 0; i < 100; i++) {
      // a large mean, where sums of squares would lose every digit
      for (int j = 3 * i; j < 3 * i + 3; j++) {
        x[j] += 1e8;
      }
      whole.add(x, 3 * i, 3);
      (i < 30 ? first : second).add(x, 3 * i, 3);
    }
    first.merge(second);
    first.merge(new Moments(1));
    assertThat(first.count()).isEqualTo(300);
    // numbers near 1e8 are multiples of 1.5e-8
    assertThat(first.mean()[0]).isCloseTo(whole.mean()[0], within(1e-7));
    assertThat(first.deviation()[0]).isCloseTo(whole.deviation()[0], within(1e-8));
    assertThat(whole.deviation()[0]).isBetween(0.9, 1.1);
  }

  @Test
  void mergeIntoNothingIsACopy() {
    Moments some = new Moments(1);
    some.add(new double[] {1, 2, 4}, 0, 3);
    Moments none = new Moments(1);
    none.merge(some);
    assertThat(none.mean()).isEqualTo(some.mean());
    assertThat(none.deviation()).isEqualTo(some.deviation());
  }

  @Test
  void refusesWhatHasNoMoments() {
    assertThatThrownBy(() -> new Moments(0))
        .isInstanceOf(DataException.class)
        .hasMessage("channels must be at least 1, was 0");
    assertThatThrownBy(() -> new Moments(1).mean())
        .hasMessage("moments of 0 examples; allowed: at least 1");
    assertThatThrownBy(() -> new Moments(1).deviation())
        .hasMessage("moments of 0 examples; allowed: at least 1");
    assertThatThrownBy(() -> new Moments(1).merge(new Moments(3)))
        .hasMessage("moments of 3 channels; allowed: 1");
  }
}
