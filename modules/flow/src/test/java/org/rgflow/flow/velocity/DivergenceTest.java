package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.flow.velocity.DivergenceConfig.Noise;

class DivergenceTest {
  private static final double PRECISION = 1e-10;

  static Stream<Arguments> tori() {
    List<int[]> grids =
        Stream.concat(
                IntStream.of(1, 2, 3, 4, 7, 8).mapToObj(length -> new int[] {length}),
                Stream.of(
                    new int[] {1, 1},
                    new int[] {2, 2},
                    new int[] {3, 3},
                    new int[] {4, 4},
                    new int[] {7, 2},
                    new int[] {8, 3},
                    new int[] {2, 1, 3},
                    new int[] {3, 4, 2}))
            .toList();
    return grids.stream()
        .flatMap(
            grid ->
                Stream.of(3, 5)
                    .filter(kernel -> kernel == 3 || grid.length < 3)
                    .map(kernel -> Arguments.of(grid, kernel)));
  }

  @ParameterizedTest
  @MethodSource("tori")
  void closedFormAndColouringAreTheTraceOnATorus(int[] grid, int kernel) {
    for (int channels = 1; channels <= 3; channels++) {
      for (int[] hidden : new int[][] {{}, {3}, {3, 4}}) {
        for (boolean skip : new boolean[] {false, true}) {
          VelocityConfig config =
              new VelocityConfig(
                  channels,
                  grid.length,
                  hidden,
                  kernel,
                  true,
                  Padding.CIRCULAR,
                  Activation.TANH,
                  0,
                  skip,
                  0);
          try (VelocityFixture f = new VelocityFixture(config, grid)) {
            double[] expected = f.traces();

            assertThat(trace(f, Kind.CLOSED_FORM)).containsExactly(expected, within(PRECISION));
            assertThat(trace(f, Kind.COLOURED)).containsExactly(expected, within(PRECISION));
          }
        }
      }
    }
  }

  static Stream<Arguments> coloured() {
    return Stream.of(Padding.values())
        .flatMap(
            padding ->
                Stream.of(
                        new int[] {1},
                        new int[] {6},
                        new int[] {11},
                        new int[] {4, 7},
                        new int[] {8, 8},
                        new int[] {3, 2, 4})
                    .map(grid -> Arguments.of(padding, grid)));
  }

  @ParameterizedTest
  @MethodSource("coloured")
  void colouringIsTheTraceAndTheSquaredNormForEveryPaddingAndDepth(Padding padding, int[] grid) {
    for (int[] hidden : new int[][] {{}, {3}, {2, 3}, {2, 3, 2}}) {
      VelocityConfig config =
          new VelocityConfig(1, grid.length, hidden, 3, true, padding, Activation.SILU);
      try (VelocityFixture f = new VelocityFixture(config, grid)) {
        double[] divergence = new double[VelocityFixture.BATCH];
        double[] jacobian = new double[VelocityFixture.BATCH];

        f.divergence(Kind.COLOURED, true, List.of()).addRates(f.stage(), divergence, jacobian);

        assertThat(divergence).containsExactly(f.traces(), within(PRECISION));
        assertThat(jacobian).containsExactly(f.squaredNorms(), within(PRECISION));
        assertThat(trace(f, Kind.COLOURED)).containsExactly(f.traces(), within(PRECISION));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Noise.class)
  void theMeanOverProbesApproachesTraceAndSquaredNormWithinItsStandardError(Noise noise) {
    VelocityConfig config =
        new VelocityConfig(2, 2, new int[] {3, 3}, 3, true, Padding.REFLECT, Activation.TANH);
    try (VelocityFixture f = new VelocityFixture(config, new int[] {4, 3})) {
      INDArray probe = f.velocity.grid().planes(2);
      Divergence estimator = f.divergence(Kind.PROBE, true, List.of(probe));
      Stage stage = f.stage();
      Random random = new Random(13);
      Sample trace = new Sample();
      Sample norm = new Sample();
      for (int draw = 0; draw < 1000; draw++) {
        f.set(probe, noise(f, noise, random));
        double[] divergence = new double[VelocityFixture.BATCH];
        double[] jacobian = new double[VelocityFixture.BATCH];
        estimator.addRates(stage, divergence, jacobian);
        trace.add(divergence[0]);
        norm.add(jacobian[0]);
      }

      // four standard errors: one seed in 16000 would fail
      assertThat(trace.mean()).isCloseTo(f.traces()[0], within(4 * trace.standardError()));
      assertThat(norm.mean()).isCloseTo(f.squaredNorms()[0], within(4 * norm.standardError()));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"PROBE", "CLOSED_FORM"})
  void severalProbesAreAveraged(Kind kind) {
    VelocityConfig config =
        new VelocityConfig(1, 1, new int[] {3, 2}, 3, true, Padding.CIRCULAR, Activation.TANH);
    try (VelocityFixture f = new VelocityFixture(config, new int[] {6})) {
      Random random = new Random(17);
      List<INDArray> probes = List.of(f.velocity.grid().planes(1), f.velocity.grid().planes(1));
      probes.forEach(probe -> f.set(probe, noise(f, Noise.GAUSSIAN, random)));
      Stage stage = f.stage();
      double[][] single = new double[2][VelocityFixture.BATCH];
      for (int p = 0; p < 2; p++) {
        f.divergence(kind, true, List.of(probes.get(p)))
            .addRates(stage, new double[VelocityFixture.BATCH], single[p]);
      }
      double[] both = new double[VelocityFixture.BATCH];

      new DivergenceConfig(kind, Noise.GAUSSIAN, 2)
          .create(f.velocity, f.lengths, probes, true)
          .addRates(stage, new double[VelocityFixture.BATCH], both);

      for (int n = 0; n < both.length; n++) {
        assertThat(both[n]).isCloseTo((single[0][n] + single[1][n]) / 2, within(1e-12));
      }
    }
  }

  private static double[] trace(VelocityFixture f, Kind kind) {
    double[] divergence = new double[VelocityFixture.BATCH];
    f.divergence(kind, false, List.of()).addRates(f.stage(), divergence, null);
    return divergence;
  }

  private static double[][] noise(VelocityFixture f, Noise noise, Random random) {
    double[][] values = new double[VelocityFixture.BATCH][f.examples[0].length];
    for (double[] example : values) {
      Arrays.setAll(
          example,
          i -> noise == Noise.GAUSSIAN ? random.nextGaussian() : random.nextBoolean() ? 1 : -1);
    }
    return values;
  }

  /** Running mean and its standard error. */
  private static final class Sample {
    private int count;
    private double sum;
    private double squares;

    void add(double value) {
      count++;
      sum += value;
      squares += value * value;
    }

    double mean() {
      return sum / count;
    }

    double standardError() {
      return Math.sqrt((squares / count - mean() * mean()) / count);
    }
  }
}
