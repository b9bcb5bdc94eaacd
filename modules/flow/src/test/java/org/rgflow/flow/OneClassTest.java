package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.flow.velocity.Padding;

class OneClassTest {
  private static final int[] CLASSES = {2, 0, 1, 2, 2};
  private static final double ROUNDING = 1e-12;

  static Stream<FlowConfig> models() {
    return Stream.of(
        SmallModel.on(6).channels(2).hidden(3, 4).classes(3).config(),
        SmallModel.on(5, 4).hidden(4).hyper(2).position(2).classes(3).config(),
        SmallModel.on(4, 4).hidden(3, 2, 3).padding(Padding.ZEROS).hyper(3).classes(3).config(),
        SmallModel.on(4, 3).hidden(3).hyper(2).blocks(2).skip(true).classes(3).config(),
        SmallModel.on(5).hidden().padding(Padding.REFLECT).skip(true).classes(3).config(),
        SmallModel.on(2, 2, 3).channels(2).hidden().hyper(2).classes(3).config());
  }

  private static Flow flow(FlowConfig model, double[] parameters) {
    Flow flow =
        new Flow(
            model,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(model.hidden().length == 2 ? Kind.CLOSED_FORM : Kind.COLOURED),
            false,
            DataType.DOUBLE);
    flow.load(SmallModel.vector(parameters));
    return flow;
  }

  private static INDArray normal(FlowConfig model) {
    return SmallModel.normal(CLASSES.length, model.dimensions(), 3, DataType.DOUBLE);
  }

  private static double[] row(INDArray values, int n) {
    double[] all = HostValues.of(values);
    int length = all.length / CLASSES.length;
    return Arrays.copyOfRange(all, n * length, (n + 1) * length);
  }

  @ParameterizedTest
  @MethodSource("models")
  void anExampleOfABatchOfAllClassesIsTakenAsByTheModelOfItsClass(FlowConfig model) {
    double[] parameters = SmallModel.parameters(model, 7);
    INDArray x = normal(model);
    try (Flow all = flow(model, parameters)) {
      all.condition(CLASSES);
      Encoding encoded = all.encode(x, null);
      INDArray sampled = all.sample(x);
      for (int n = 0; n < CLASSES.length; n++) {
        OneClass one = OneClass.of(model, parameters, CLASSES[n]);
        try (Flow alone = flow(one.model(), one.parameters())) {
          Encoding expected = alone.encode(x, null);

          assertThat(row(encoded.values(), n))
              .containsExactly(row(expected.values(), n), within(ROUNDING));
          assertThat(encoded.logDet()[n]).isCloseTo(expected.logDet()[n], within(ROUNDING));
          assertThat(row(sampled, n)).containsExactly(row(alone.sample(x), n), within(ROUNDING));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void classesDiffer(FlowConfig model) {
    double[] parameters = SmallModel.parameters(model, 7);
    INDArray x = normal(model);
    try (Flow flow = flow(model, parameters)) {
      flow.condition(0);
      double[] first = flow.logProb(x, null);
      flow.condition(1);
      double[] second = flow.logProb(x, null);

      assertThat(IntStream.range(0, first.length).mapToDouble(n -> first[n] - second[n]))
          .allSatisfy(difference -> assertThat(Math.abs(difference)).isGreaterThan(1e-6));
    }
  }

  @Test
  void anExampleOfNoClassIsAnError() {
    FlowConfig model = SmallModel.on(4).classes(3).config();
    try (Flow flow = flow(model, SmallModel.parameters(model, 7))) {
      assertThatThrownBy(() -> flow.sample(normal(model)))
          .hasMessage("a batch of 5 examples needs their classes, had 0");
      assertThatThrownBy(() -> flow.condition(1, 3)).hasMessage("a class must be in [0, 2], was 3");
      flow.condition(1, 2);
      assertThatThrownBy(() -> flow.sample(normal(model)))
          .hasMessage("a batch of 5 examples needs their classes, had 2");
    }
    FlowConfig without = SmallModel.on(4).config();
    try (Flow flow = flow(without, SmallModel.parameters(without, 7))) {
      assertThatThrownBy(() -> flow.condition(0))
          .hasMessage("a class is 0, and the model has none");
    }
  }

  @Test
  void classesAreNamesThatDiffer() {
    FlowConfig model = SmallModel.on(4).config();
    assertThatThrownBy(() -> SmallModel.on(4).classes(1).config())
        .hasMessage("model.classes must be 2 to 65536 names, or none, was [0]");
    assertThat(SmallModel.on(4).classes(2).config()).isNotEqualTo(model);
  }

  @Test
  void classesNeedABias() {
    assertThatThrownBy(() -> SmallModel.on(4).withoutBias().classes(2).config())
        .hasMessage("model.classes needs model.bias, was false");
  }
}
