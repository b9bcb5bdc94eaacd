package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;

/** Sums over an example keep single precision, however many terms they have. */
class ExampleSumsTest {
  private static final int BATCH = 3;
  private static final int CHANNELS = 5;

  /** Positive values at an example's own cells, of which a sum grows. */
  private static void fill(INDArray array, long[] at, double[] expected, Random random) {
    double[] values = HostValues.of(array);
    for (int i = 0; i < at.length; i++) {
      float value = random.nextFloat();
      values[(int) at[i]] = value;
      expected[(int) ((long) i * BATCH / at.length)] += value;
    }
    HostValues.copy(values, array);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "2000", "40001", "7,5", "254,510", "256,256", "5,6,7"})
  void aSumOfFeaturesIsThatOfEachExample(String shape) {
    int[] lengths = lengths(shape);
    try (Arena arena = new Arena(DataType.FLOAT)) {
      PaddedGrid grid = new PaddedGrid(arena, BATCH, lengths, 3, Padding.CIRCULAR);
      INDArray ones = arena.filled(1, grid.rows(), CHANNELS);
      INDArray features = grid.features(CHANNELS);
      ExampleSums sums = ExampleSums.ofFeatures(grid, features, ones, grid.features(CHANNELS));
      long[] at = new long[BATCH * grid.cells() * CHANNELS];
      long guard = (long) grid.offset(grid.taps() - 1) * CHANNELS;
      Arrays.setAll(at, i -> guard + i);
      double[] expected = new double[BATCH];
      fill(features, at, expected, new Random(1));
      assertSums(sums, expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "2000", "40001", "7,5", "254,510", "256,256", "5,6,7"})
  void aSumOfPlanesIsThatOfEachExample(String shape) {
    try (Arena arena = new Arena(DataType.FLOAT)) {
      PaddedGrid grid = new PaddedGrid(arena, BATCH, lengths(shape), 3, Padding.CIRCULAR);
      INDArray ones = arena.filled(1, 1, grid.rows());
      INDArray planes = grid.planes(1);
      ExampleSums sums = new ExampleSums(grid, planes, ones);
      long[] at = new long[BATCH * grid.cells()];
      long guard = grid.offset(grid.taps() - 1);
      Arrays.setAll(at, i -> guard + i);
      double[] expected = new double[BATCH];
      fill(planes, at, expected, new Random(2));
      assertSums(sums, expected);
    }
  }

  private static int[] lengths(String shape) {
    return Arrays.stream(shape.split(",")).mapToInt(Integer::parseInt).toArray();
  }

  /** To a few roundings, where one term after the other would lose thousands. */
  private static void assertSums(ExampleSums sums, double[] expected) {
    double[] found = new double[BATCH];
    found[1] = 7;
    sums.addTo(found, 2);
    for (int n = 0; n < BATCH; n++) {
      double sum = (found[n] - (n == 1 ? 7 : 0)) / 2;
      assertThat(sum).isCloseTo(expected[n], within(4 * Math.ulp(1f) * expected[n]));
    }
  }
}
