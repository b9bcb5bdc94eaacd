package org.rgflow.spark.train.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Regularisation;
import org.rgflow.spark.run.Retention;

class TrainingPlanTest {
  private static TrainingPlan of(TrainingConfig.Master master, Objective... objectives) {
    TrainingConfig common =
        new TrainingConfig(
            3,
            0,
            DataType.FLOAT,
            master,
            new Validation(0, 4, 10),
            new Checkpointing(5, Retention.newest(1)),
            Recovery.of(0),
            0);
    return new TrainingPlan(
        common, Arrays.stream(objectives).map(TrainingPlanTest::phase).toList());
  }

  /** Ten rounds of two steps on four examples. */
  private static PhaseConfig phase(Objective objective) {
    return new PhaseConfig(
        objective,
        1,
        Regularisation.NONE,
        10,
        4,
        new UpdateConfig(
            "adam", new LearningRate(0.1, LearningRate.Schedule.CONSTANT, 0, 1, 0.5), 0),
        new AveragingConfig(2, 1, 0, 0));
  }

  private static final TrainingPlan TWO =
      of(TrainingConfig.Master.AVERAGING, Objective.FLOW_MATCHING, Objective.LIKELIHOOD);

  @Test
  void phasesFollowEachOther() {
    assertThat(TWO.rounds()).isEqualTo(20);
    assertThat(TWO.after(0)).hasSize(2);
    TrainingPlan.Phase second = TWO.after(10).get(0);
    assertThat(second.number()).isEqualTo(1);
    assertThat(second.first()).isEqualTo(10);
    assertThat(second.end()).isEqualTo(20);
    assertThat(second.examplesBefore()).isEqualTo(10 * 3 * 2 * 4);
    assertThat(TWO.after(20)).isEmpty();
  }

  @Test
  void whatIsDueCountsRoundsOfTheRunAndEndsOfPhases() {
    TrainingPlan.Phase first = TWO.after(0).get(0);
    assertThat(List.of(4, 5, 8, 10).stream().map(round -> TWO.isCheckpointDue(first, round)))
        .containsExactly(false, true, false, true);
    assertThat(List.of(4, 5, 8, 10).stream().map(round -> TWO.isValidationDue(first, round)))
        .containsExactly(true, false, true, true);
  }

  @Test
  void dl4jsMasterIsRefusedFlowMatching() {
    assertThatThrownBy(() -> of(TrainingConfig.Master.DL4J, Objective.FLOW_MATCHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("train.master must be averaging with train.objective=flow-matching, was dl4j");
  }

  @Test
  void anEnergyIsLearntInOnePhase() {
    assertThatThrownBy(
            () -> of(TrainingConfig.Master.AVERAGING, Objective.ENERGY, Objective.LIKELIHOOD))
        .hasMessage("train.then must be none with train.objective=energy, was likelihood");
  }
}
