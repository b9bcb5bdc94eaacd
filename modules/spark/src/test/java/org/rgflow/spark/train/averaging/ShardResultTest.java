package org.rgflow.spark.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShardResultTest {
  @Test
  void ofClippedBatchesTheMedianTells() {
    ShardResult result = new ShardResult(0, "here");
    for (double norm : new double[] {3, 1e9, 2, 1, Double.NaN}) {
      result.addGradientNorm(norm);
    }
    assertThat(result.gradientNorm()).isInfinite();
    assertThat(result.medianGradientNorm()).isEqualTo(3);
    result.addGradientNorm(1e8);
    result.addGradientNorm(1e7);
    assertThat(result.medianGradientNorm()).isEqualTo(1e7);
  }
}
