package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {
  private static List<String> described(FlowConfig config) {
    return new ParameterLayout(config)
        .tensors().stream()
            .map(
                tensor ->
                    tensor.name()
                        + " "
                        + Arrays.toString(tensor.shape())
                        + " at "
                        + tensor.offset()
                        + " fan in "
                        + tensor.fanIn())
            .toList();
  }

  @Test
  void weightsConstantInTimeAreTheConvolutionsOfEveryLevel() {
    assertThat(described(SmallModel.on(2, 2).channels(2).hidden(4).config()))
        .containsExactly(
            "level0.conv0.weight [4, 3, 3, 3] at 0 fan in 27",
            "level0.conv0.bias [4] at 108 fan in 27",
            "level0.conv1.weight [2, 4, 3, 3] at 112 fan in 36",
            "level0.conv1.bias [2] at 184 fan in 36",
            "level1.conv0.weight [4, 3, 3, 3] at 186 fan in 27",
            "level1.conv0.bias [4] at 294 fan in 27",
            "level1.conv1.weight [2, 4, 3, 3] at 298 fan in 36",
            "level1.conv1.bias [2] at 370 fan in 36");
  }

  @Test
  void weightsThatDependOnTimeAreTheHypernetworkOfEveryLevel() {
    // P = 4 (1 + 1) 3 + 4 + 1 4 3 + 1 = 41
    assertThat(described(SmallModel.on(1).hidden(4).hyper(5).config()))
        .containsExactly(
            "level0.hyper.hidden.weight [5, 1] at 0 fan in 1",
            "level0.hyper.hidden.bias [5] at 5 fan in 1",
            "level0.hyper.out.weight [41, 5] at 10 fan in 5",
            "level0.hyper.out.bias [41] at 215 fan in 5");
  }

  @Test
  void weightsOfPositionsFollowTheFirstConvolution() {
    FlowConfig config = SmallModel.on(4, 4).hidden(3).position(2).config();
    assertThat(new ParameterLayout(config).tensors())
        .extracting(ParameterLayout.Tensor::name)
        .startsWith("level0.conv0.weight", "level0.conv0.bias", "level0.conv0.position")
        .doesNotContain("level0.conv1.position");
    assertThat(new ParameterLayout(config).tensors().get(2).shape()).containsExactly(3, 8);
  }

  @Test
  void biasesOfClassesFollowThoseOfPositions() {
    FlowConfig config = SmallModel.on(4, 4).hidden(3).position(2).classes(5).config();
    assertThat(new ParameterLayout(config).tensors())
        .extracting(ParameterLayout.Tensor::name)
        .startsWith("level0.conv0.weight", "level0.conv0.bias", "level0.conv0.position")
        .doesNotContain("level0.conv1.class");
    ParameterLayout.Tensor classes = new ParameterLayout(config).tensors().get(3);
    assertThat(classes.name()).isEqualTo("level0.conv0.class");
    assertThat(classes.shape()).containsExactly(3, 5);
  }

  @Test
  void theSkipFollowsAllConvolutions() {
    FlowConfig config = SmallModel.on(4, 4).channels(2).hidden(3).skip(true).config();
    ParameterLayout.Tensor skip = new ParameterLayout(config).tensors().get(4);
    assertThat(skip.name()).isEqualTo("level0.skip.weight");
    assertThat(skip.shape()).containsExactly(4, 2, 3, 3);
    assertThat(skip.fanIn()).isEqualTo(18);
  }

  @Test
  void everyBlockHasItsOwnTensorsLevelByLevel() {
    ParameterLayout one = new ParameterLayout(SmallModel.on(4).hyper(2).config());
    ParameterLayout two = new ParameterLayout(SmallModel.on(4).hyper(2).blocks(2).config());
    assertThat(two.size()).isEqualTo(2 * one.size());
    assertThat(two.tensors().get(4).name()).isEqualTo("level0.block1.hyper.hidden.weight");
    assertThat(two.blockOffset(0, 1)).isEqualTo(two.tensors().get(4).offset());
    assertThat(two.blockOffset(1, 0)).isEqualTo(2 * one.blockOffset(1, 0));
  }

  @Test
  void aModelWithoutBiasHasNoneInItsLayout() {
    FlowConfig config = SmallModel.on(1).hidden(4).withoutBias().config();

    assertThat(described(config))
        .containsExactly(
            "level0.conv0.weight [4, 2, 3] at 0 fan in 6",
            "level0.conv1.weight [1, 4, 3] at 24 fan in 12");
    assertThat(new ParameterLayout(config).size()).isEqualTo(36);
  }

  @Test
  void tensorsFollowOneAnotherWithoutGaps() {
    ParameterLayout layout =
        new ParameterLayout(SmallModel.on(8, 8).hidden(3, 2).hyper(2).config());
    long at = 0;
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      assertThat(tensor.offset()).isEqualTo(at);
      at += tensor.length();
    }
    assertThat(layout.size()).isEqualTo(at);
  }

  @Test
  void moreParametersThanAnArrayHoldsAreRefused() {
    // P = 4096 (2 9 + 1) + 4096 (4096 9 + 1) + 4096 9 + 1 on 4 levels, 16 (2 + P) + P each
    FlowConfig config = SmallModel.on(8, 8).hidden(4096, 4096).hyper(16).config();
    assertThatThrownBy(() -> new ParameterLayout(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "model.hidden must make at most 2147483647 parameters, was [4096, 4096], which with"
                + " model.kernel 3, model.hyper 16 and model.blocks 1 makes 10275733700");
  }

  @Test
  void moreWeightsThanAnArrayHoldsAreRefused() {
    // P = 128 (2 15^3 + 1) + 99 128 (128 15^3 + 1) + 128 15^3 + 1 by itself is past 2^31
    int[] hidden = new int[100];
    Arrays.fill(hidden, 128);
    FlowConfig config = SmallModel.on(2, 2, 2).hidden(hidden).kernel(15).config();
    assertThatThrownBy(() -> new ParameterLayout(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            " makes " + 2 * (128L * 6751 + 99L * 128 * (128 * 3375 + 1) + 432001));
  }
}
