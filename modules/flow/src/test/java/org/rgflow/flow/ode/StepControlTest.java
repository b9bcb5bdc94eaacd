package org.rgflow.flow.ode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StepControlTest {
  private static final double ROUNDING = 1e-15;

  private static SolverConfig config(double minStep, double maxStep, int maxSteps) {
    return new SolverConfig(Method.DOPRI5, 1, 1e-5, 1e-5, minStep, maxStep, maxSteps);
  }

  private static StepControl control() {
    return new StepControl(config(1e-6, 1, 1000), 0, 0.1);
  }

  @Test
  void aStepWithinTheToleranceIsAcceptedAndTheNextOneIsLonger() {
    StepControl control = control();

    assertThat(control.accept(0, 0.1, 0.01)).isTrue();

    assertThat(control.next(0, 1)).isCloseTo(0.1 * 0.9 * Math.pow(0.01, -0.2), within(ROUNDING));
  }

  @Test
  void aStepBeyondTheToleranceIsRejectedAndTheNextOneIsShorter() {
    StepControl control = control();

    assertThat(control.accept(0, 0.1, 32)).isFalse();

    assertThat(control.next(0, 1)).isCloseTo(0.1 * 0.9 / 2, within(ROUNDING));
  }

  @Test
  void stepsGrowTenfoldAndShrinkToAFifthAtMost() {
    StepControl growing = new StepControl(config(1e-6, 1, 1000), 0, 0.01);
    StepControl shrinking = control();

    growing.accept(0, 0.01, 0);
    shrinking.accept(0, 0.1, 1e12);

    assertThat(growing.next(0, 1)).isCloseTo(0.1, within(ROUNDING));
    assertThat(shrinking.next(0, 1)).isCloseTo(0.02, within(ROUNDING));
  }

  @Test
  void stepsStayWithinTheirLimitsAndWhatIsLeft() {
    StepControl control = new StepControl(config(1e-3, 0.2, 1000), 0, 0.5);

    assertThat(control.next(0, 1)).isEqualTo(0.2);
    assertThat(control.next(0, 0.05)).isEqualTo(0.05);
    control.accept(0, 0.2, 1e-9);
    assertThat(control.next(0, 1)).isEqualTo(0.2);
  }

  @Test
  void theSmallestStepMayBeNeededButNoSmallerOne() {
    StepControl control = new StepControl(config(0.05, 1, 1000), 3, 0.1);

    assertThatThrownBy(() -> control.accept(0.25, 0.1, 1e6))
        .isInstanceOf(SolveException.class)
        .hasMessage("level 3, t = 0.25, stage 0: " + Outcome.STEP_TOO_SMALL.advice())
        .extracting("outcome")
        .isEqualTo(Outcome.STEP_TOO_SMALL);
  }

  @Test
  void moreStepsThanAllowedEndTheSolve() {
    StepControl control = new StepControl(config(1e-6, 1, 3), 1, 0.1);
    control.accept(0, 0.1, 0.5);
    control.accept(0.1, 0.1, 2);
    assertThat(control.accept(0.1, 0.1, 0.5)).isTrue();

    assertThatThrownBy(() -> control.next(0.2, 0.8))
        .isInstanceOf(SolveException.class)
        .hasMessage("level 1, t = 0.2, stage 0: " + Outcome.TOO_MANY_STEPS.advice())
        .extracting("outcome")
        .isEqualTo(Outcome.TOO_MANY_STEPS);
  }

  @Test
  void anErrorThatIsNoNumberEndsTheSolve() {
    assertThatThrownBy(() -> control().accept(0.5, 0.1, Double.NaN))
        .isInstanceOf(SolveException.class)
        .hasMessage("level 0, t = 0.5, stage 0: " + Outcome.NON_FINITE.advice());
  }
}
