package org.rgflow.flow.ode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeGridTest {
  @ParameterizedTest
  @CsvSource({"1, 2, 0.4", "2, 1, -0.5", "2, 1.5, 0.5", "3, 1, 0", "7, 2, 0.25", "8, 1, -0.1"})
  void eachStepEndsWhereTheNextBeginsAndTheLastAtOne(int steps, double grading, double shift) {
    TimeGrid grid = new TimeGrid(steps, grading, shift);
    assertThat(grid.node(0)).isZero();
    assertThat(grid.node(steps)).isEqualTo(1);
    for (int n = 0; n < steps; n++) {
      assertThat(grid.length(n)).isPositive();
      assertThat(grid.node(n) + grid.length(n)).isCloseTo(grid.node(n + 1), within(1e-15));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7})
  void stepsOfAnEvenGridAreTheSameBits(int steps) {
    TimeGrid grid = new TimeGrid(steps, 1, 0);
    for (int n = 0; n < steps; n++) {
      assertThat(grid.node(n)).isEqualTo((double) n / steps);
      assertThat(grid.length(n)).isEqualTo(1.0 / steps);
    }
  }

  @Test
  void aGradedGridHasItsShortestStepAtTheData() {
    TimeGrid grid = new TimeGrid(4, 2, 0);
    assertThat(grid.node(1)).isEqualTo(1.0 / 16);
    assertThat(grid.node(3)).isEqualTo(9.0 / 16);
    assertThat(grid.length(3)).isEqualTo(7.0 / 16);
  }

  /** Twenty shifts meet each of twenty equal cells a step once. */
  @ParameterizedTest
  @ValueSource(ints = {2, 6})
  void innerNodesOfAllShiftsTogetherAreUniform(int steps) {
    int[] met = new int[20 * (steps - 1)];
    for (int k = 0; k < 20; k++) {
      TimeGrid grid = new TimeGrid(steps, 1, (k + 0.5) / 20 - 0.5);
      for (int n = 1; n < steps; n++) {
        met[(int) ((grid.node(n) * steps - 0.5) * 20)]++;
      }
    }
    assertThat(met).containsOnly(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0, 'a grid has at least 1 step, had 0'",
    "2, 0.5, 0, 'a grid''s grading must be at least 1, was 0.5'",
    "2, 1, 0.6, 'a grid''s shift must be in [-0.5, 0.5] steps, was 0.6'",
    "2, 1, NaN, 'a grid''s shift must be in [-0.5, 0.5] steps, was NaN'"
  })
  void aGridThatIsNoneIsRefused(int steps, double grading, double shift, String message) {
    assertThatThrownBy(() -> new TimeGrid(steps, grading, shift)).hasMessage(message);
  }
}
