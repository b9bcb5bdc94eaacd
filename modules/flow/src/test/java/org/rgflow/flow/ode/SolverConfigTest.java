package org.rgflow.flow.ode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SolverConfigTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0      | 1e-5 | 1e-7 | 1e-6 | 1   | 9 | solver.steps must be in [1, 100000], was 0",
        "100001 | 1e-5 | 1e-7 | 1e-6 | 1   | 9 | solver.steps must be in [1, 100000], was 100001",
        "4      | 0    | 1e-7 | 1e-6 | 1   | 9 | solver.rtol must be in (0, 1), was 0.0",
        "4      | 1    | 1e-7 | 1e-6 | 1   | 9 | solver.rtol must be in (0, 1), was 1.0",
        "4      | NaN  | 1e-7 | 1e-6 | 1   | 9 | solver.rtol must be in (0, 1), was NaN",
        "4      | 1e-5 | -1   | 1e-6 | 1   | 9 | solver.atol must be in (0, 1), was -1.0",
        "4      | 1e-5 | 1e-7 | 0    | 1   | 9 | solver.minStep must be in (0, 1], was 0.0",
        "4      | 1e-5 | 1e-7 | 0.5  | 0.1 | 9 | solver.maxStep must be in [solver.minStep, 1], was 0.1",
        "4      | 1e-5 | 1e-7 | 0.5  | 2   | 9 | solver.maxStep must be in [solver.minStep, 1], was 2.0",
        "4      | 1e-5 | 1e-7 | 1e-6 | 1   | 0 | solver.maxSteps must be at least 1, was 0"
      })
  void valuesOutsideTheirLimitsAreNamed(
      int steps, double rtol, double atol, double min, double max, int maxSteps, String message) {
    assertThatThrownBy(() -> new SolverConfig(Method.DOPRI5, steps, rtol, atol, min, max, maxSteps))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 11, Double.NaN})
  void aGradingOutsideItsLimitsIsNamed(double grading) {
    SolverConfig even = SolverConfig.fixed(Method.RK4, 4);
    assertThatThrownBy(() -> even.withGrading(grading))
        .hasMessage("solver.grading must be in [1, 10], was " + grading);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void everyMethodMayBeGivenAFixedGridOrTolerances(Method method) {
    assertThat(SolverConfig.fixed(method, 7).steps()).isEqualTo(7);
    assertThat(SolverConfig.adaptive(method, 1e-3, 1e-4).relativeTolerance()).isEqualTo(1e-3);
    assertThat(SolverConfig.adaptive(method, 1e-3, 1e-4).absoluteTolerance()).isEqualTo(1e-4);
  }

  @Test
  void methodsWithAnErrorEstimateAreAdaptive() {
    assertThat(Method.values())
        .filteredOn(Method::isAdaptive)
        .containsExactly(Method.BOSH3, Method.DOPRI5);
  }

  @Test
  void aFinerSolverHalvesTheStepOrTakesATenthOfTheTolerances() {
    assertThat(SolverConfig.fixed(Method.RK4, 3).finer())
        .isEqualTo(SolverConfig.fixed(Method.RK4, 6));
    SolverConfig graded = SolverConfig.fixed(Method.RK4, 3).withGrading(1.5);
    assertThat(graded.finer().coarser()).isEqualTo(graded);
    assertThat(graded.finer().grading()).isEqualTo(1.5);
    SolverConfig adaptive = SolverConfig.adaptive(Method.BOSH3, 1e-3, 1e-5).finer();
    assertThat(adaptive.relativeTolerance()).isCloseTo(1e-4, within(1e-18));
    assertThat(adaptive.absoluteTolerance()).isCloseTo(1e-6, within(1e-20));
  }

  @Test
  void aFixedGridEvaluatesAtSoManyTimesAtMost() {
    assertThat(SolverConfig.fixed(Method.EULER, 4).evaluationTimes()).isEqualTo(5);
    // 0, 1/2 and 1 of each step
    assertThat(SolverConfig.fixed(Method.RK4, 4).evaluationTimes()).isEqualTo(13);
    assertThat(SolverConfig.fixed(Method.RK4, 1000).evaluationTimes()).isEqualTo(129);
  }

  @Test
  void aFixedGridTakesTheStagesOfEveryStepOfEveryOde() {
    assertThat(SolverConfig.fixed(Method.EULER, 3).evaluations(1)).hasValue(3);
    assertThat(SolverConfig.fixed(Method.RK4, 4).evaluations(5)).hasValue(80);
    assertThat(SolverConfig.adaptive(Method.DOPRI5, 1e-3, 1e-4).evaluations(5)).isEmpty();
  }

  @Test
  void aCoarserSolverIsTheOneThatThisIsTheFinerOf() {
    SolverConfig fixed = SolverConfig.fixed(Method.RK4, 3);
    assertThat(fixed.finer().coarser()).isEqualTo(fixed);
    assertThat(SolverConfig.fixed(Method.RK4, 5).coarser().steps()).isEqualTo(3);
    SolverConfig adaptive = SolverConfig.adaptive(Method.BOSH3, 1e-3, 1e-5).coarser();
    assertThat(adaptive.relativeTolerance()).isCloseTo(1e-2, within(1e-16));
    assertThat(adaptive.absoluteTolerance()).isCloseTo(1e-4, within(1e-18));
    assertThatThrownBy(() -> SolverConfig.fixed(Method.RK4, 1).coarser())
        .hasMessage("a coarser solve needs solver.steps of at least 2, was 1");
    assertThatThrownBy(() -> SolverConfig.adaptive(Method.BOSH3, 1e-3, 0.5).coarser())
        .hasMessage(
            "a coarser solve needs solver.rtol and solver.atol below 0.1, were 0.001 and 0.5");
  }
}
