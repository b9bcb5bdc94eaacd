package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;

/** Encoding errs by a power of the step size, the order of its method. */
class SolverOrderTest {
  /** Several examples, so that no error is small by the accident of a sign. */
  private static final int BATCH = 4;

  private static final FlowConfig MODEL = SmallModel.on(3).hidden(4).hyper(3).config();

  private static final DivergenceConfig EXACT =
      DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM);

  /** Errs by some 2e-13, a fiftieth of the least error below. */
  private static Outcome exact;

  private static Outcome exactLosses;

  private record Outcome(double[] latents, double[] logDets) {
    Outcome errorTo(Outcome other) {
      return new Outcome(difference(latents, other.latents), difference(logDets, other.logDets));
    }

    private static double[] difference(double[] left, double[] right) {
      double[] difference = new double[left.length];
      Arrays.setAll(difference, i -> left[i] - right[i]);
      return difference;
    }

    double ofLatents() {
      return norm(latents);
    }

    double ofLogDets() {
      return norm(logDets);
    }

    private static double norm(double[] values) {
      return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
    }
  }

  /** Weights somewhat smaller than usual: the error's first power leads from eight steps on. */
  private static Outcome encode(SolverConfig solver) {
    INDArray x = SmallModel.normal(BATCH, MODEL.dimensions(), 105, DataType.DOUBLE);
    try (Flow flow = new Flow(MODEL, solver, EXACT, false, DataType.DOUBLE)) {
      flow.load(SmallModel.vector(SmallModel.parameters(MODEL, 5)).muli(0.7));
      Encoding encoding = flow.encode(x, null);
      return new Outcome(HostValues.of(encoding.values()), encoding.logDet());
    }
  }

  @BeforeAll
  static void solveWithManySteps() {
    exact = encode(SolverConfig.fixed(Method.RK4, 256));
    exactLosses = losses(256, 1, 0);
  }

  static Stream<Arguments> methods() {
    return Stream.of(
        Arguments.of(Method.EULER, 32),
        Arguments.of(Method.MIDPOINT, 16),
        Arguments.of(Method.HEUN, 16),
        Arguments.of(Method.RK4, 8),
        Arguments.of(Method.RK4_38, 8),
        Arguments.of(Method.BOSH3, 8),
        Arguments.of(Method.DOPRI5, 8));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theErrorFallsWithTheStepAsTheOrderSays(Method method, int steps) {
    Outcome coarse = encode(equalSteps(method, steps)).errorTo(exact);
    Outcome fine = encode(equalSteps(method, 2 * steps)).errorTo(exact);

    assertThat(slope(coarse.ofLatents(), fine.ofLatents()))
        .as("slope of the latents' error")
        .isCloseTo(method.tableau().order(), within(0.2));
    assertThat(slope(coarse.ofLogDets(), fine.ofLogDets()))
        .as("slope of the log determinants' error")
        .isCloseTo(method.tableau().order(), within(0.2));
  }

  @ParameterizedTest
  @CsvSource({"1, -0.5", "1, 0.3", "1.5, 0", "2, 0.3"})
  void theOrderIsThatOfEqualStepsWhereTheGridIsGradedOrShifted(double grading, double shift) {
    Outcome coarse = losses(32, grading, shift).errorTo(exactLosses);
    Outcome fine = losses(64, grading, shift).errorTo(exactLosses);

    assertThat(slope(coarse.ofLogDets(), fine.ofLogDets())).isCloseTo(4, within(0.2));
  }

  /** Each example's loss in the place of its log determinant. */
  private static Outcome losses(int steps, double grading, double shift) {
    SolverConfig solver = SolverConfig.fixed(Method.RK4, steps).withGrading(grading);
    INDArray x = SmallModel.normal(BATCH, MODEL.dimensions(), 105, DataType.DOUBLE);
    double[] losses = new double[BATCH];
    try (Flow flow = new Flow(MODEL, solver, EXACT, false, DataType.DOUBLE)) {
      flow.load(SmallModel.vector(SmallModel.parameters(MODEL, 5)).muli(0.7));
      for (int n = 0; n < BATCH; n++) {
        INDArray example = x.slice(n).reshape(1, MODEL.dimensions());
        losses[n] = flow.likelihoodLoss(example, null, shift, Regularisation.NONE, null).main();
      }
    }
    return new Outcome(new double[0], losses);
  }

  private static double slope(double atStep, double atHalfTheStep) {
    return Math.log(atStep / atHalfTheStep) / Math.log(2);
  }

  /**
   * A number of steps that is a power of two. Adaptive methods take equal steps where the smallest
   * is the largest, and no error is so large that one is rejected.
   */
  private static SolverConfig equalSteps(Method method, int steps) {
    return method.isAdaptive()
        ? new SolverConfig(method, 1, 0.9, 0.9, 1.0 / steps, 1.0 / steps, steps + 1)
        : SolverConfig.fixed(method, steps);
  }

  /** A solve takes a handful of steps on each of two levels, each held at the tolerance. */
  @ParameterizedTest
  @EnumSource(
      value = Method.class,
      names = {"BOSH3", "DOPRI5"})
  void anAdaptiveSolveErrsByAFewTolerances(Method method) {
    for (double tolerance : new double[] {1e-4, 1e-6, 1e-8}) {
      Outcome error = encode(SolverConfig.adaptive(method, tolerance, tolerance)).errorTo(exact);

      assertThat(error.ofLatents()).isLessThan(10 * tolerance);
      assertThat(error.ofLogDets()).isLessThan(10 * tolerance);
    }
  }
}
