package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlowConfigTest {
  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(SmallModel.on(4).channels(0), "model.channels must be in [1, 1024], was 0"),
        Arguments.of(
            SmallModel.on(4).channels(1025), "model.channels must be in [1, 1024], was 1025"),
        Arguments.of(SmallModel.on(), "model.shape must have 1 to 3 axes, was []"),
        Arguments.of(
            SmallModel.on(2, 2, 2, 2), "model.shape must have 1 to 3 axes, was [2, 2, 2, 2]"),
        Arguments.of(SmallModel.on(4, 0), "model.shape must have sizes in [1, 65536], was [4, 0]"),
        Arguments.of(SmallModel.on(4).stride(1), "model.stride must be at least 2, was 1"),
        Arguments.of(
            SmallModel.on(4).hidden(3, 0), "model.hidden must have sizes in [1, 4096], was [3, 0]"),
        Arguments.of(SmallModel.on(4).kernel(4), "model.kernel must be odd and in [1, 15], was 4"),
        Arguments.of(
            SmallModel.on(4).kernel(17), "model.kernel must be odd and in [1, 15], was 17"),
        Arguments.of(SmallModel.on(4).hyper(-1), "model.hyper must be in [0, 4096], was -1"),
        Arguments.of(SmallModel.on(4).position(65), "model.position must be in [0, 64], was 65"),
        Arguments.of(SmallModel.on(4).blocks(0), "model.blocks must be in [1, 64], was 0"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void valuesOutsideTheirLimitsAreNamed(SmallModel model, String message) {
    assertThatThrownBy(model::config)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void equalValuesMakeEqualConfigurations() {
    FlowConfig one = SmallModel.on(4, 4).hidden(3, 3).config();
    FlowConfig same = SmallModel.on(4, 4).hidden(3, 3).config();

    assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(one).isNotEqualTo(SmallModel.on(4, 4).hidden(3, 4).config());
  }

  @Test
  void anArrayChangedAfterwardsDoesNotChangeTheConfiguration() {
    int[] shape = {4, 4};
    FlowConfig config = SmallModel.on(shape).config();

    shape[0] = 8;

    assertThat(config.dimensions()).isEqualTo(16);
  }

  @Test
  void dimensionsAndProbesCountChannelsAndLevels() {
    FlowConfig config = SmallModel.on(4, 4).channels(3).config();

    assertThat(config.dimensions()).isEqualTo(48);
    assertThat(config.probeSize()).isEqualTo(3 * (16 + 4 + 1));
  }

  @Test
  void negativeWeightsOfTheRegularisationAreRefused() {
    assertThatThrownBy(() -> new Regularisation(-1, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "train.kineticWeight and train.jacobianWeight must be at least 0, were -1.0 and 0.5");
    assertThatThrownBy(() -> new Regularisation(0, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
