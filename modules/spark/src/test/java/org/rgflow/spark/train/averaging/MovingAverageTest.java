package org.rgflow.spark.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class MovingAverageTest {
  @Test
  void whereItBeganIsForgottenWithinTenRounds() {
    MovingAverage average = new MovingAverage(0.9, new double[] {1});

    for (int round = 1; round <= 10; round++) {
      average.add(round, Nd4j.createFromArray(new double[] {0}));
    }

    assertThat(average.values()[0]).isBetween(0.0, 2e-5);
  }

  @Test
  void afterManyRoundsItKeepsTheGivenShare() {
    MovingAverage average = new MovingAverage(0.8, new double[] {1});

    average.add(36, Nd4j.createFromArray(new double[] {0}));
    average.add(1000, Nd4j.createFromArray(new double[] {0}));

    assertThat(average.values()[0]).isCloseTo(0.64, within(1e-12));
  }

  @Test
  void theFirstRoundsCountAlmostAlone() {
    MovingAverage average = new MovingAverage(0.8, new double[] {1});

    average.add(1, Nd4j.createFromArray(new double[] {3}));

    assertThat(average.values()[0]).isCloseTo(0.1 * 1 + 0.9 * 3, within(1e-12));
  }

  @Test
  void largeNetworksAreTakenInByParts() {
    double[] parameters = new double[(1 << 20) + 3];
    Arrays.setAll(parameters, i -> i);
    MovingAverage average = new MovingAverage(0, new double[parameters.length]);

    average.add(1, Nd4j.createFromArray(parameters));

    assertThat(average.values()).isEqualTo(parameters);
  }

  @Test
  void withoutDecayItIsTheParametersThemselves() {
    MovingAverage average = new MovingAverage(0, new double[] {1, 2});

    average.add(5, Nd4j.createFromArray(new double[] {3, 4}));

    assertThat(average.values()).containsExactly(3, 4);
  }
}
