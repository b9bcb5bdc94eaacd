package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StandardisationTest {
  private static final double[] EMPTY = {};

  @Test
  void isThatOfTheMoments() {
    Moments moments = new Moments(2);
    moments.add(new double[] {1, 3, 10, 50}, 0, 2);
    Standardisation found = Standardisation.of(moments);
    assertThat(found.channels()).isEqualTo(2);
    assertThat(found.mean()).containsExactly(2, 30);
    assertThat(found.deviation()).containsExactly(1, 20);
  }

  @Test
  void whatNeverVariesIsOnlyCentred() {
    Moments moments = new Moments(3);
    for (int i = 0; i < 1000; i++) {
      moments.add(new float[] {0.1f, 0, 0.1f + i * 1e-6f}, 0, 1);
    }
    Standardisation found = Standardisation.of(moments);
    assertThat(found.mean()[0]).isCloseTo(0.1f, within(1e-12));
    assertThat(found.deviation()[0]).isEqualTo(1);
    assertThat(found.deviation()[1]).isEqualTo(1);
    assertThat(found.deviation()[2]).isCloseTo(1e-3 / Math.sqrt(12), within(1e-6));
  }

  @Test
  void noneIsMeanZeroAndDeviationOneOfEveryChannel() {
    assertThat(Standardisation.NONE.isNone()).isTrue();
    assertThat(Standardisation.NONE.mean()).isEmpty();
    assertThat(Standardisation.NONE.mean(7)).isZero();
    assertThat(Standardisation.NONE.deviation(7)).isEqualTo(1);
  }

  @Test
  void refusesWhatIsNoMapOfEveryChannel() {
    assertThatThrownBy(() -> new Standardisation(new double[] {1}, EMPTY))
        .isInstanceOf(DataException.class)
        .hasMessage("mean has 1 channels, deviation 0; allowed: the same number");
    assertThatThrownBy(() -> new Standardisation(new double[] {0, Double.NaN}, new double[] {1, 1}))
        .hasMessage("mean of channel 1 must be finite, was NaN");
    for (double deviation : new double[] {0, -1, Double.POSITIVE_INFINITY, Double.NaN}) {
      assertThatThrownBy(() -> new Standardisation(new double[] {0}, new double[] {deviation}))
          .hasMessage("deviation of channel 0 must be positive and finite, was " + deviation);
    }
  }
}
