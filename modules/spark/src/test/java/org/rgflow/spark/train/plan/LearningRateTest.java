package org.rgflow.spark.train.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LearningRateTest {
  private static LearningRate of(
      LearningRate.Schedule schedule, int warmupRounds, int patience, double factor) {
    return new LearningRate(0.1, schedule, warmupRounds, patience, factor);
  }

  @Test
  void aCosineFallsFromTheFullRateToNone() {
    LearningRate cosine = of(LearningRate.Schedule.COSINE, 0, 1, 0.5);
    assertThat(cosine.at(0, 10, List.of())).isEqualTo(0.1);
    assertThat(cosine.at(5, 10, List.of())).isCloseTo(0.05, within(1e-16));
    assertThat(cosine.at(10, 10, List.of())).isCloseTo(0, within(1e-16));
  }

  @Test
  void warmupRisesInEqualSteps() {
    LearningRate warm = of(LearningRate.Schedule.CONSTANT, 3, 1, 0.5);
    assertThat(List.of(0, 1, 2, 3, 4).stream().map(round -> warm.at(round, 10, List.of())))
        .containsExactly(0.025, 0.05, 0.1 * 0.75, 0.1, 0.1);
  }

  @Test
  void aPlateauLowersTheRateOnceForEveryTimeThatPatienceRunsOut() {
    LearningRate plateau = of(LearningRate.Schedule.PLATEAU, 0, 2, 0.5);
    assertThat(plateau.at(9, 10, List.of())).isEqualTo(0.1);
    assertThat(plateau.at(9, 10, List.of(3.0, 2.0, 2.5))).isEqualTo(0.1);
    assertThat(plateau.at(9, 10, List.of(3.0, 2.0, 2.5, 2.0))).isEqualTo(0.05);
    assertThat(plateau.at(9, 10, List.of(3.0, 2.0, 2.5, 2.0, 1.9, 2.0))).isEqualTo(0.05);
    assertThat(plateau.at(9, 10, List.of(3.0, 2.0, 2.5, 2.0, 1.9, 2.0, 1.9))).isEqualTo(0.025);
  }

  @Test
  void aLossThatIsNoNumberIsNoLowerOne() {
    LearningRate plateau = of(LearningRate.Schedule.PLATEAU, 0, 1, 0.5);
    assertThat(plateau.at(9, 10, List.of(2.0, Double.NaN))).isEqualTo(0.05);
  }

  @Test
  void refusesPatienceAndFactorsOutOfRange() {
    assertThatThrownBy(() -> of(LearningRate.Schedule.PLATEAU, 0, 0, 0.5))
        .hasMessage("train.plateauPatience must be in [1, 1000000], was 0");
    assertThatThrownBy(() -> of(LearningRate.Schedule.PLATEAU, 0, 1, 1))
        .hasMessage("train.plateauFactor must be in (0, 1), was 1.0");
  }
}
