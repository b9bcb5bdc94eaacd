package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HaarStepTest {
  static Stream<Arguments> grids() {
    return Stream.of(
        Arguments.of(new int[] {6}, 2),
        Arguments.of(new int[] {7}, 3),
        Arguments.of(new int[] {4, 6}, 2),
        Arguments.of(new int[] {5, 7}, 3),
        Arguments.of(new int[] {3, 4, 5}, 2));
  }

  private static HaarStep step(int[] shape, int stride) {
    FlowConfig model = SmallModel.on(shape).stride(stride).coarsening(Coarsening.AVERAGE).config();
    return HaarStep.of(model, model.levels().get(0));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void isItsOwnInverseAndKeepsLengths(int[] shape, int stride) {
    int sites = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    double[] values = SmallModel.normal(3 * sites, 1);
    double[] changed = values.clone();
    step(shape, stride).apply(changed);
    assertThat(square(changed)).isCloseTo(square(values), within(1e-12 * square(values)));
    assertThat(changed).isNotEqualTo(values);
    step(shape, stride).apply(changed);
    assertThat(changed).containsExactly(values, within(1e-13));
  }

  private static double square(double[] values) {
    return Arrays.stream(values).map(v -> v * v).sum();
  }

  @Test
  void coarseSitesGetTheAveragesOfTheirBlocksTimesTheRootOfTheirSize() {
    double[] values = SmallModel.normal(4 * 6, 2);
    double[] changed = values.clone();
    step(new int[] {4, 6}, 2).apply(changed);
    for (int row = 0; row < 4; row += 2) {
      for (int column = 0; column < 6; column += 2) {
        double sum =
            values[row * 6 + column]
                + values[row * 6 + column + 1]
                + values[(row + 1) * 6 + column]
                + values[(row + 1) * 6 + column + 1];
        assertThat(changed[(row + 1) * 6 + column + 1]).isCloseTo(sum / 2, within(1e-13));
      }
    }
  }

  @Test
  void aConstantHasNoDetails() {
    double[] values = new double[9 * 9];
    Arrays.fill(values, 3);
    step(new int[] {9, 9}, 3).apply(values);
    for (int i = 0; i < values.length; i++) {
      boolean isCoarse = i / 9 % 3 == 1 && i % 3 == 1;
      assertThat(values[i]).isCloseTo(isCoarse ? 9 : 0, within(1e-12));
    }
  }

  @Test
  void sitesBeyondTheLastBlockStay() {
    double[] values = SmallModel.normal(5, 3);
    double[] changed = values.clone();
    step(new int[] {5}, 2).apply(changed);
    assertThat(changed[4]).isEqualTo(values[4]);
  }

  @Test
  void aModelThatDecimatesHasNone() {
    FlowConfig model = SmallModel.on(4).config();
    assertThat(HaarStep.of(model, model.levels().get(0))).isNull();
  }

  /** Without a velocity, what reaches the last level of a torus of 2^k sites is the average. */
  @Test
  void theLastLatentOfAFlowThatDoesNothingIsTheMeanTimesTheRootOfTheSites() {
    FlowConfig model = SmallModel.on(8, 8).coarsening(Coarsening.AVERAGE).config();
    double[] x = SmallModel.normal(64, 4);
    try (Flow flow = SmallModel.flowOfNoWeights(model)) {
      Encoding found = flow.encode(SmallModel.vector(x).reshape(1, 64), null);
      double last = found.values().getDouble(0, 0, 63);
      assertThat(last).isCloseTo(8 * Arrays.stream(x).sum() / 64, within(1e-12));
      assertThat(found.logDet()).containsExactly(0);
    }
  }
}
