package org.rgflow.spark.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rgflow.spark.score.SmallModels;

class NetworkPoolTest {
  @AfterEach
  void closeAll() {
    NetworkPool.closeIdle(System.nanoTime() + 2 * NetworkPool.PATIENCE.toNanos());
  }

  private static MultiLayerNetwork take(String configuration) {
    return NetworkPool.take(configuration, () -> SmallModels.ofPixels().network().clone());
  }

  @Test
  void aNetworkIsUsedAgainByRunsOfItsConfigurationAlone() {
    MultiLayerNetwork network = take("one");
    assertThat(take("one")).isNotSameAs(network);
    NetworkPool.give("one", network);
    assertThat(take("one")).isSameAs(network);
    NetworkPool.give("one", network);
    assertThat(take("other")).isNotSameAs(network);
    assertThat(take("one")).isNotSameAs(network);
  }

  @Test
  void aNetworkThatNobodyAsksForIsClosed() {
    MultiLayerNetwork network = take("one");
    NetworkPool.give("one", network);
    NetworkPool.closeIdle(System.nanoTime());
    assertThat(take("one")).isSameAs(network);
    NetworkPool.give("one", network);
    NetworkPool.closeIdle(System.nanoTime() + NetworkPool.PATIENCE.toNanos());
    assertThat(take("one")).isNotSameAs(network);
  }
}
