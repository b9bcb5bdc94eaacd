package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;

class WeightLayoutTest {
  static Stream<Arguments> networks() {
    return Stream.of(new int[] {}, new int[] {4}, new int[] {4, 3}, new int[] {2, 5, 3})
        .flatMap(
            hidden ->
                Stream.of(true, false)
                    .flatMap(
                        bias -> Stream.of(1, 2, 3).map(axes -> Arguments.of(hidden, bias, axes))));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void parametersComeBackFromTheLayoutUnchanged(int[] hidden, boolean bias, int axes) {
    VelocityConfig config = config(hidden, bias, axes, axes - 1);
    for (int width : new int[] {1, 3}) {
      double[] numbers =
          IntStream.range(0, config.size() * width).mapToDouble(i -> i + 1).toArray();
      INDArray ordered = zeros(new WeightLayout(config).size() * width);
      INDArray back = zeros(numbers.length);

      WeightLayout layout = new WeightLayout(config);
      copy(layout, vector(numbers), ordered, width, WeightLayout.Direction.TO_LAYOUT);
      copy(layout, back, ordered, width, WeightLayout.Direction.TO_PARAMETERS);

      assertThat(HostValues.of(back)).containsExactly(numbers);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void placesOfAMissingBiasStayZero(int[] hidden, boolean bias, int axes) {
    VelocityConfig config = config(hidden, bias, axes, axes - 1);
    WeightLayout layout = new WeightLayout(config);
    INDArray ordered = zeros(layout.size());

    copy(
        layout,
        vector(IntStream.range(0, config.size()).mapToDouble(i -> 1).toArray()),
        ordered,
        1,
        WeightLayout.Direction.TO_LAYOUT);

    assertThat(HostValues.of(ordered)).hasSize(layout.size());
    assertThat(ordered.sumNumber().intValue()).isEqualTo(config.size());
  }

  @Test
  void eachWindowHoldsItsConvolution() {
    VelocityConfig config = config(new int[] {2, 3}, true, 1);
    WeightLayout layout = new WeightLayout(config);
    INDArray ordered = zeros(layout.size());
    double[] numbers = IntStream.range(0, config.size()).mapToDouble(i -> i).toArray();

    copy(layout, vector(numbers), ordered, 1, WeightLayout.Direction.TO_LAYOUT);

    // weight 0 is [2, 3, 3] from 0, bias from 18; weight 1 [3, 2, 3] from 20, bias from 38;
    // weight 2 [2, 3, 3] from 41, bias from 59
    assertThat(layout.first(ordered).getDouble(1 * 3 + 2, 1)).isEqualTo((1 * 3 + 1) * 3 + 2);
    assertThat(layout.first(ordered).getDouble(9, 1)).isEqualTo(19);
    assertThat(layout.middle(ordered, 1, 2).getDouble(1, 0)).isEqualTo(20 + (0 * 2 + 1) * 3 + 2);
    assertThat(layout.bias(ordered, 1).getDouble(0, 2)).isEqualTo(40);
    assertThat(layout.last(ordered).getDouble(1 * 3 + 2, 0)).isEqualTo(41 + (1 * 3 + 0) * 3 + 2);
    assertThat(layout.bias(ordered, 2).getDouble(0, 1)).isEqualTo(60);
  }

  @Test
  void weightsOfPositionsStandBehindTheFirstBias() {
    VelocityConfig config = config(new int[] {2, 3}, true, 1, 1);
    WeightLayout layout = new WeightLayout(config);
    INDArray ordered = zeros(layout.size());
    double[] numbers = IntStream.range(0, config.size()).mapToDouble(i -> i).toArray();

    copy(layout, vector(numbers), ordered, 1, WeightLayout.Direction.TO_LAYOUT);

    // weight 0 is [2, 3, 3] from 0, bias from 18, positions [2, 2] from 20; weight 1 from 24
    assertThat(layout.first(ordered).getDouble(9, 1)).isEqualTo(19);
    assertThat(layout.first(ordered).getDouble(10, 1)).isEqualTo(22);
    assertThat(layout.first(ordered).getDouble(11, 0)).isEqualTo(21);
    assertThat(layout.middle(ordered, 1, 2).getDouble(1, 0)).isEqualTo(24 + (0 * 2 + 1) * 3 + 2);
  }

  @Test
  void theSkipStandsBehindAllConvolutions() {
    VelocityConfig config = config(new int[] {2, 3}, true, 1);
    WeightLayout layout = new WeightLayout(config);
    INDArray ordered = zeros(layout.size());
    double[] numbers = IntStream.range(0, config.size()).mapToDouble(i -> i).toArray();

    copy(layout, vector(numbers), ordered, 1, WeightLayout.Direction.TO_LAYOUT);

    // [4, 2, 3] from 61
    assertThat(layout.skip(ordered).getDouble(3, 1 * 3 + 2)).isEqualTo(61 + (3 * 2 + 1) * 3 + 2);
    assertThat(config.size()).isEqualTo(61 + 4 * 2 * 3);
  }

  private static void copy(
      WeightLayout layout,
      INDArray parameters,
      INDArray ordered,
      long width,
      WeightLayout.Direction direction) {
    try (Arena arena = new Arena(parameters.dataType())) {
      layout.copy(arena, parameters, ordered, width, direction).run();
    }
  }

  private static VelocityConfig config(int[] hidden, boolean bias, int axes) {
    return config(hidden, bias, axes, 0);
  }

  private static VelocityConfig config(int[] hidden, boolean bias, int axes, int position) {
    return new VelocityConfig(
        2, axes, hidden, 3, bias, Padding.CIRCULAR, Activation.TANH, position, bias, 0);
  }

  private static INDArray zeros(int length) {
    return vector(new double[length]);
  }

  private static INDArray vector(double[] values) {
    return HostValues.toArray(values, DataType.DOUBLE, values.length);
  }
}
