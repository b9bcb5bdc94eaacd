package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.NaiveVelocity.NaiveActivation;

class ActivationTest {
  private static final double[] POINTS = {
    -6.1, -3, -1.7, -1, -0.5, -0.1, -1e-3, 1e-3, 0.2, 0.5, 1, 1.3, 2, 3.7, 6
  };

  @ParameterizedTest
  @EnumSource(Activation.class)
  void valueAndDerivativesFollowTheFormulas(Activation activation) {
    NaiveActivation naive = NaiveActivation.of(activation);
    double[][] computed = evaluate(activation, POINTS);

    // ND4J's special functions are good to some 1e-15, and a few operations follow
    assertThat(computed[0])
        .containsExactly(Arrays.stream(POINTS).map(naive.value()).toArray(), within(1e-13));
    assertThat(computed[1])
        .containsExactly(Arrays.stream(POINTS).map(naive.derivative()).toArray(), within(1e-13));
    assertThat(computed[2])
        .containsExactly(Arrays.stream(POINTS).map(naive.curvature()).toArray(), within(1e-13));
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void largeArgumentsStayFinite(Activation activation) {
    double[][] computed = evaluate(activation, new double[] {-800, -60, 60, 800});

    for (double[] values : computed) {
      assertThat(Arrays.stream(values)).allMatch(Double::isFinite);
    }
  }

  private static double[][] evaluate(Activation activation, double[] points) {
    try (Arena arena = new Arena(DataType.DOUBLE)) {
      INDArray a = arena.zeros(points.length, 1);
      INDArray u = activation.readsPreActivation() ? arena.zeros(points.length, 1) : a;
      INDArray d = arena.zeros(points.length, 1);
      INDArray c = arena.zeros(points.length, 1);
      a.assign(HostValues.toArray(points, DataType.DOUBLE, points.length, 1));
      activation.value(arena, a, u).run();
      activation.derivative(arena, a, u, d).run();
      activation.curvature(arena, a, u, d, c).run();
      return new double[][] {HostValues.of(u), HostValues.of(d), HostValues.of(c)};
    }
  }
}
