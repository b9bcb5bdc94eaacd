package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.plan.UpdateConfig;

class StateRoomTest {
  /** P = 1024 (2 9 + 1) + 1024 9 + 1 on two levels. */
  private static final FlowConfig MODEL =
      new FlowConfig(
          1,
          new int[] {2, 2},
          2,
          new int[] {1024},
          3,
          Padding.CIRCULAR,
          Activation.TANH,
          true,
          0,
          Base.NORMAL);

  private static UpdateConfig updater(String name) {
    return new UpdateConfig(
        name, new LearningRate(0.1, LearningRate.Schedule.CONSTANT, 0, 1, 0.5), 0);
  }

  @Test
  void aStateThatTheHeapDoesNotHoldIsRefused() {
    // 57346 parameters and two moments of each
    assertThatThrownBy(() -> StateRoom.require(MODEL, updater("adam"), DataType.DOUBLE, 1 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "model.hidden must make a state of less than the driver's heap, 1 MiB"
                + " (--driver-memory), was [1024], whose 57346 parameters take 1 MiB with"
                + " train.updater adam");
  }

  @Test
  void smallerNumbersOrAnUpdaterWithoutStateMayFit() {
    assertThatCode(
            () -> {
              StateRoom.require(MODEL, updater("adam"), DataType.FLOAT, 1 << 20);
              StateRoom.require(MODEL, updater("sgd"), DataType.DOUBLE, 1 << 20);
            })
        .doesNotThrowAnyException();
  }
}
