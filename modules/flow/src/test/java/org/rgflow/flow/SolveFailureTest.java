package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.Outcome;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;

class SolveFailureTest {
  private static final FlowConfig MODEL = SmallModel.on(4).hidden(4).config();

  private static SolveException failure(
      FlowConfig model, SolverConfig solver, double scale, INDArray x, DataType type) {
    try (Flow flow = new Flow(model, solver, DivergenceConfig.of(Kind.CLOSED_FORM), false, type)) {
      flow.load(SmallModel.vector(SmallModel.parameters(model, 31)).muli(scale));
      return catchThrowableOfType(SolveException.class, () -> flow.logProb(x, null));
    }
  }

  private static INDArray input() {
    return SmallModel.normal(2, 4, 32, DataType.DOUBLE);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void anInputThatIsNoNumberIsFoundInTheFirstStage(Method method) {
    SolveException failure =
        failure(
            MODEL,
            SolverConfig.fixed(method, 2),
            1,
            input().putScalar(1, 2, Double.NaN),
            DataType.DOUBLE);

    assertThat(failure)
        .hasMessage("level 0, t = 0.0, stage 0: " + Outcome.NON_FINITE.advice())
        .extracting(SolveException::outcome)
        .isEqualTo(Outcome.NON_FINITE);
  }

  @Test
  void aNumberThatHasNoPlaceInTheCoarserLevelIsFoundWhereItIs() {
    // in float32 the last level's input overflows only there
    FlowConfig model = SmallModel.on(4).hidden().config();
    ParameterLayout layout = new ParameterLayout(model);
    double[] parameters = new double[(int) layout.size()];
    ParameterLayout.Tensor bias =
        layout.tensors().stream()
            .filter(tensor -> tensor.name().equals("level1.conv0.bias"))
            .findFirst()
            .orElseThrow();
    parameters[(int) bias.offset()] = 1e30;
    try (Flow flow =
        new Flow(
            model,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(Kind.CLOSED_FORM),
            false,
            DataType.FLOAT)) {
      flow.load(SmallModel.vector(parameters));

      SolveException failure =
          catchThrowableOfType(SolveException.class, () -> flow.logProb(input(), null));

      assertThat(failure).hasMessage("level 1, t = 0.0, stage 0: " + Outcome.NON_FINITE.advice());
    }
  }

  @Test
  void weightsThatBlowUpOnTheWayAreReportedWithTimeAndStage() {
    FlowConfig model = SmallModel.on(4).hidden(4).activation(Activation.SILU).config();

    SolveException failure =
        failure(model, SolverConfig.fixed(Method.RK4, 4), 1e4, input(), DataType.FLOAT);

    assertThat(failure.outcome()).isEqualTo(Outcome.NON_FINITE);
    assertThat(failure)
        .hasMessageMatching("level 0, t = 0\\.\\d+, stage [0-3]: a value was not .*");
  }

  @Test
  void moreStepsThanAllowedNameTheKeysToChange() {
    SolveException failure =
        failure(
            MODEL,
            new SolverConfig(Method.DOPRI5, 1, 1e-10, 1e-12, 1e-9, 1, 3),
            1,
            input(),
            DataType.DOUBLE);

    assertThat(failure.outcome()).isEqualTo(Outcome.TOO_MANY_STEPS);
    assertThat(failure)
        .hasMessageStartingWith("level 0, t = ")
        .hasMessageContaining("solver.maxSteps was used up: raise it, loosen solver.rtol")
        .hasMessageContaining("train.kineticWeight");
  }

  @Test
  void aStepBelowTheSmallestNamesTheKeysToChange() {
    SolveException failure =
        failure(
            MODEL,
            new SolverConfig(Method.DOPRI5, 1, 1e-12, 1e-13, 0.05, 1, 100),
            3,
            input(),
            DataType.DOUBLE);

    assertThat(failure.outcome()).isEqualTo(Outcome.STEP_TOO_SMALL);
    assertThat(failure)
        .hasMessageStartingWith("level 0, t = ")
        .hasMessageContaining("the step fell below solver.minStep: loosen solver.rtol");
  }

  @Test
  void theGradientOfAFailedSolveIsNotTouched() {
    try (Flow flow =
        new Flow(
            MODEL,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(Kind.CLOSED_FORM),
            false,
            DataType.DOUBLE)) {
      flow.load(SmallModel.vector(SmallModel.parameters(MODEL, 31)));
      INDArray gradient = SmallModel.vector(new double[(int) flow.layout().size()]).addi(7);

      catchThrowableOfType(
          SolveException.class,
          () ->
              flow.likelihoodLoss(
                  input().putScalar(0, Double.NaN), null, Regularisation.NONE, gradient));

      assertThat(gradient.toDoubleVector()).containsOnly(7);
    }
  }
}
