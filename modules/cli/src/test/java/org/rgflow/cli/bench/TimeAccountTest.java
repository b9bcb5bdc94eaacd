package org.rgflow.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.cli.bench.TimeAccount.Kind;
import org.rgflow.cli.bench.TimeAccount.Phase;

class TimeAccountTest {
  private static final String FLOW = "org.rgflow.flow.";

  private static StackTraceElement[] stack(String... frames) {
    StackTraceElement[] stack = new StackTraceElement[frames.length + 1];
    stack[0] = new StackTraceElement("Nd4jCpu", "execCustomOp2", null, -2); // -2: native
    for (int i = 0; i < frames.length; i++) {
      int dot = frames[i].lastIndexOf('.');
      stack[i + 1] =
          new StackTraceElement(
              FLOW + frames[i].substring(0, dot), frames[i].substring(dot + 1), null, 1);
    }
    return stack;
  }

  @Test
  void theInnermostFrameThatMeansSomethingIsThePhase() {
    String network = "velocity.ConvolutionalVelocity$Network.";
    assertThat(TimeAccount.phase(stack("tensor.Arena.run", network + "pullback")))
        .isEqualTo(Phase.PULLBACK);
    assertThat(TimeAccount.phase(stack(network + "gradient", "SliceFlow$Reverse.step")))
        .isEqualTo(Phase.GRADIENT);
    assertThat(TimeAccount.phase(stack("velocity.TraceKernel.renew", "velocity.Velocity.current")))
        .isEqualTo(Phase.TRACE);
    assertThat(TimeAccount.phase(stack("Flow$Batch.encode"))).isEqualTo(Phase.LEVELS);
    assertThat(TimeAccount.phase(stack())).isEqualTo(Phase.OTHER);
  }

  @Test
  void theOperatorAndWhatItIsForAreTheKind() {
    StackTraceElement[] forward = stack("velocity.ConvolutionalVelocity$Network.forward");
    StackTraceElement[] halo =
        stack("velocity.Halo.fill", "velocity.ConvolutionalVelocity$Network.forward");
    assertThat(TimeAccount.kind("conv2d", forward)).isEqualTo(Kind.CONVOLUTION);
    assertThat(TimeAccount.kind("matmul", forward)).isEqualTo(Kind.PRODUCT);
    assertThat(TimeAccount.kind("matmul", stack("SliceFlow.advance"))).isEqualTo(Kind.SUM);
    assertThat(TimeAccount.kind("tanh", forward)).isEqualTo(Kind.ACTIVATION);
    assertThat(TimeAccount.kind("old_assign", forward)).isEqualTo(Kind.COPY);
    assertThat(TimeAccount.kind("old_assign", halo)).isEqualTo(Kind.HALO);
  }

  @Test
  void whatIsNotInNativeCodeIsOutside() {
    StackTraceElement[] java = Arrays.copyOfRange(stack("SliceFlow.advance"), 1, 2);
    assertThat(TimeAccount.kind("matmul", java)).isEqualTo(Kind.OUTSIDE);
    assertThat(TimeAccount.kind(null, stack("SliceFlow.advance"))).isEqualTo(Kind.OUTSIDE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"W1", "W3", "W5", "M1"})
  void sharesAddUpAndTheExecutionerIsGivenBack(String workload) {
    OpExecutioner before = Nd4j.getExecutioner();
    TimeAccount account;
    try (Trial trial = new Trial(Workload.named(workload).with(4, 2, 1, List.of(4, 4)))) {
      account = TimeAccount.of(trial, 0.2);
    }
    assertThat(Nd4j.getExecutioner()).isSameAs(before);
    assertThat(account.operators()).isPositive();
    assertThat(Arrays.stream(Kind.values()).mapToDouble(account::share).sum())
        .isCloseTo(1, within(1e-12));
    assertThat(Arrays.stream(Phase.values()).mapToDouble(account::share).sum())
        .isCloseTo(1, within(1e-12));
  }
}
