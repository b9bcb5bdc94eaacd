package org.rgflow.spark.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.rgflow.flow.LatentLevels;

class LatentEditsTest {
  /** Two channels of 3 + 2 + 1 sites. */
  private static final LatentLevels LEVELS = new LatentLevels(2, List.of(3, 2, 1));

  private static final double[] FINE = DoubleStream.iterate(1, x -> x + 1).limit(12).toArray();
  private static final double[] COARSE = DoubleStream.of(FINE).map(x -> -x).toArray();

  @Test
  void everyLatentIsOfTheLevelThatItLiesIn() {
    assertThat(LEVELS.ofEach()).containsExactly(0, 0, 0, 1, 1, 2, 0, 0, 0, 1, 1, 2);
    assertThat(LEVELS.sites()).isEqualTo(6);
  }

  @Test
  void fineLevelsAreOfTheOneAndTheOthersOfTheOther() {
    assertThat(LatentEdits.mixed(LEVELS, FINE, COARSE, 0)).containsExactly(COARSE);
    assertThat(LatentEdits.mixed(LEVELS, FINE, COARSE, 1))
        .containsExactly(1, 2, 3, -4, -5, -6, 7, 8, 9, -10, -11, -12);
    assertThat(LatentEdits.mixed(LEVELS, FINE, COARSE, 3)).containsExactly(FINE);
    assertThatThrownBy(() -> LatentEdits.mixed(LEVELS, FINE, COARSE, 4))
        .hasMessage("levels to take must be in [0, 3], were 4");
  }

  @Test
  void theWayBetweenLatentsOfOneLengthKeepsIt() {
    double[] a = {3, 0, 4};
    double[] b = {0, 5, 0};
    for (double share : new double[] {0, 0.25, 0.5, 1}) {
      double[] between = LatentEdits.between(a, b, share);
      assertThat(Arrays.stream(between).map(x -> x * x).sum()).isCloseTo(25, within(1e-12));
      double angle = Math.PI / 2 * share;
      assertThat(between[1]).isCloseTo(5 * Math.sin(angle), within(1e-12));
    }
    assertThat(LatentEdits.between(a, a, 0.3)).containsExactly(a, within(1e-12));
    assertThat(LatentEdits.between(a, new double[] {6, 0, 8}, 0.5))
        .containsExactly(new double[] {4.5, 0, 6}, within(1e-12));
  }

  @Test
  void oneLatentOfALevelIsMoved() {
    assertThat(LatentEdits.moved(LEVELS, FINE, 1, LEVELS.sizes().get(1) / 2, 10))
        .containsExactly(1, 2, 3, 4, 15, 6, 7, 8, 9, 10, 11, 12);
    assertThat(FINE[4]).isEqualTo(5);
    assertThatThrownBy(() -> LatentEdits.moved(LEVELS, FINE, 1, LEVELS.sizes().get(1), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("latents of level 1 must be in [0, ");
  }
}
