package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.SmallModel;
import org.rgflow.flow.tensor.Arena;

class WeightPathTest {
  /** 2/3 as twice a third, and as 1 less a third, are two numbers. */
  @Test
  void aTimeMetForthAndBackIsOneTime() {
    double forth = 2 * (1.0 / 3);
    double back = 1 - 1.0 / 3;
    assertThat(forth).isNotEqualTo(back);
    try (Arena arena = new Arena(DataType.DOUBLE)) {
      FlowConfig model = SmallModel.on(4, 4).hyper(2).config();
      WeightPath path = WeightPath.create(model.velocity(), 2, 2, arena);
      path.load(SmallModel.vector(SmallModel.parameters(model, 5)), 0);
      TimeWeights weights = path.at(forth);
      long version = weights.version();
      assertThat(path.at(back)).isSameAs(weights);
      assertThat(weights.version()).isEqualTo(version);
      assertThat(path.at(0.5)).isNotSameAs(weights);
    }
  }
}
