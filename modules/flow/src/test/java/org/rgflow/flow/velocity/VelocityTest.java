package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.rgflow.flow.SmallModel;

class VelocityTest {
  /** Sums of a few hundred products of numbers of order one. */
  private static final double ROUNDING = 1e-12;

  private static final int[][] GRIDS = {
    {1}, {2}, {7}, {1, 4}, {2, 3}, {5, 4}, {2, 3, 2}, {1, 4, 3}
  };

  static Stream<Arguments> networks() {
    return Stream.of(Padding.values())
        .flatMap(
            padding ->
                Arrays.stream(GRIDS)
                    .flatMap(
                        grid ->
                            Stream.of(1, 3, 5)
                                .filter(kernel -> kernel < 5 || grid.length < 3)
                                .map(kernel -> Arguments.of(padding, grid, kernel))));
  }

  static Stream<int[]> hiddenLayers() {
    return Stream.of(new int[] {}, new int[] {3}, new int[] {3, 2}, new int[] {2, 3, 2});
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theValueIsThatOfANaiveConvolutionOnEveryAxisAndPadding(
      Padding padding, int[] grid, int kernel) {
    hiddenLayers()
        .forEach(
            hidden -> {
              try (VelocityFixture f = fixture(padding, grid, kernel, hidden)) {
                double[][] value = f.get(f.stage().value());

                for (int n = 0; n < VelocityFixture.BATCH; n++) {
                  assertThat(value[n])
                      .containsExactly(f.naive.value(f.examples[n]), within(ROUNDING));
                }
              }
            });
  }

  @ParameterizedTest
  @MethodSource("networks")
  void thePullbackIsTheTransposedJacobian(Padding padding, int[] grid, int kernel) {
    hiddenLayers()
        .forEach(
            hidden -> {
              try (VelocityFixture f = fixture(padding, grid, kernel, hidden)) {
                Stage stage = f.stage();
                double[][] probe = probes(f);
                f.set(f.velocity.probe(), probe);

                stage.pullback();

                assertTransposed(f, probe, f.get(f.velocity.response()));
              }
            });
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theInputsCotangentIsTheTransposedJacobianTimesTheValues(
      Padding padding, int[] grid, int kernel) {
    hiddenLayers()
        .forEach(
            hidden -> {
              try (VelocityFixture f = fixture(padding, grid, kernel, hidden)) {
                Stage stage = f.stage();
                double[][] cotangent = probes(f);
                f.set(f.velocity.valueCotangent(), cotangent);

                stage.gradient();

                assertTransposed(f, cotangent, f.get(f.velocity.inputCotangent()));
              }
            });
  }

  /** With a skip on every other grid. */
  private static VelocityFixture fixture(Padding padding, int[] grid, int kernel, int[] hidden) {
    int position = hidden.length % 2;
    boolean skip = grid[0] % 2 == 1;
    return new VelocityFixture(
        new VelocityConfig(
            2, grid.length, hidden, kernel, true, padding, Activation.TANH, position, skip, 0),
        grid);
  }

  private static double[][] probes(VelocityFixture f) {
    double[][] probes = new double[VelocityFixture.BATCH][];
    Arrays.setAll(probes, n -> SmallModel.normal(f.examples[n].length, 11 + n));
    return probes;
  }

  private static void assertTransposed(VelocityFixture f, double[][] from, double[][] to) {
    for (int n = 0; n < VelocityFixture.BATCH; n++) {
      double[][] jacobian = f.naive.jacobian(f.examples[n]);
      double[] expected = new double[from[n].length];
      for (int i = 0; i < expected.length; i++) {
        for (int j = 0; j < expected.length; j++) {
          expected[j] += jacobian[i][j] * from[n][i];
        }
      }
      assertThat(to[n]).containsExactly(expected, within(ROUNDING));
    }
  }
}
