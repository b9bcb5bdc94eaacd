package org.rgflow.spark.train.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Regularisation;
import org.rgflow.spark.run.Retention;

class TrainingConfigTest {
  private static TrainingConfig of(
      TrainingConfig.Schedule schedule, int warmupRounds, int patience, double factor) {
    return of(
        schedule,
        warmupRounds,
        patience,
        factor,
        TrainingConfig.Master.AVERAGING,
        Objective.LIKELIHOOD);
  }

  private static TrainingConfig of(
      TrainingConfig.Schedule schedule,
      int warmupRounds,
      int patience,
      double factor,
      TrainingConfig.Master master,
      Objective objective) {
    return new TrainingConfig(
        4,
        2,
        10,
        "adam",
        0.1,
        0,
        1,
        0,
        Regularisation.NONE,
        1,
        0,
        1,
        10,
        1,
        Retention.newest(1),
        0,
        DataType.FLOAT,
        master,
        0,
        schedule,
        warmupRounds,
        objective,
        1,
        0,
        patience,
        factor,
        Recovery.of(0));
  }

  @Test
  void dl4jsMasterIsRefusedFlowMatching() {
    assertThatThrownBy(
            () ->
                of(
                    TrainingConfig.Schedule.CONSTANT,
                    0,
                    1,
                    0.5,
                    TrainingConfig.Master.DL4J,
                    Objective.FLOW_MATCHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("train.master must be averaging with train.objective=flow-matching, was dl4j");
  }

  @Test
  void aCosineFallsFromTheFullRateToNone() {
    TrainingConfig cosine = of(TrainingConfig.Schedule.COSINE, 0, 1, 0.5);
    assertThat(cosine.rate(0, List.of())).isEqualTo(0.1);
    assertThat(cosine.rate(5, List.of())).isCloseTo(0.05, within(1e-16));
    assertThat(cosine.rate(10, List.of())).isCloseTo(0, within(1e-16));
  }

  @Test
  void warmupRisesInEqualSteps() {
    TrainingConfig warm = of(TrainingConfig.Schedule.CONSTANT, 3, 1, 0.5);
    assertThat(List.of(0, 1, 2, 3, 4).stream().map(round -> warm.rate(round, List.of())))
        .containsExactly(0.025, 0.05, 0.1 * 0.75, 0.1, 0.1);
  }

  @Test
  void aPlateauLowersTheRateOnceForEveryTimeThatPatienceRunsOut() {
    TrainingConfig plateau = of(TrainingConfig.Schedule.PLATEAU, 0, 2, 0.5);
    assertThat(plateau.rate(9, List.of())).isEqualTo(0.1);
    assertThat(plateau.rate(9, List.of(3.0, 2.0, 2.5))).isEqualTo(0.1);
    assertThat(plateau.rate(9, List.of(3.0, 2.0, 2.5, 2.0))).isEqualTo(0.05);
    assertThat(plateau.rate(9, List.of(3.0, 2.0, 2.5, 2.0, 1.9, 2.0))).isEqualTo(0.05);
    assertThat(plateau.rate(9, List.of(3.0, 2.0, 2.5, 2.0, 1.9, 2.0, 1.9))).isEqualTo(0.025);
  }

  @Test
  void aLossThatIsNoNumberIsNoLowerOne() {
    TrainingConfig plateau = of(TrainingConfig.Schedule.PLATEAU, 0, 1, 0.5);
    assertThat(plateau.rate(9, List.of(2.0, Double.NaN))).isEqualTo(0.05);
  }

  @Test
  void refusesPatienceAndFactorsOutOfRange() {
    assertThatThrownBy(() -> of(TrainingConfig.Schedule.PLATEAU, 0, 0, 0.5))
        .hasMessage("train.plateauPatience must be in [1, 1000000], was 0");
    assertThatThrownBy(() -> of(TrainingConfig.Schedule.PLATEAU, 0, 1, 1))
        .hasMessage("train.plateauFactor must be in (0, 1), was 1.0");
  }
}
