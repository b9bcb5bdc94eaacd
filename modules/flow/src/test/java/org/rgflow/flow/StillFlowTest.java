package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rgflow.flow.tensor.HostValues;

class StillFlowTest {
  static Stream<FlowConfig> models() {
    return Stream.of(
        SmallModel.on(7).channels(2).config(),
        SmallModel.on(4, 6).channels(2).config(),
        SmallModel.on(5, 7).stride(3).coarsening(Coarsening.AVERAGE).config(),
        SmallModel.on(3, 4, 5).channels(2).coarsening(Coarsening.AVERAGE).config());
  }

  @ParameterizedTest
  @MethodSource("models")
  void itsLatentsAreThoseOfAFlowOfNoWeights(FlowConfig model) {
    int dimensions = model.dimensions();
    double[] x = SmallModel.normal(dimensions, 1);
    double[] latents = new double[dimensions + 2];
    new StillFlow(model).encode(x, latents, 2);
    try (Flow flow = SmallModel.flowOfNoWeights(model)) {
      Encoding found = flow.encode(SmallModel.vector(x).reshape(1, dimensions), null);
      double[] expected = HostValues.of(found.values());
      for (int i = 0; i < dimensions; i++) {
        assertThat(latents[i + 2]).isCloseTo(expected[i], within(1e-13));
      }
    }
  }
}
