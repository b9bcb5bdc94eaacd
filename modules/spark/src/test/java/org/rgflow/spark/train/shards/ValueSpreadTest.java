package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.rgflow.data.Moments;

class ValueSpreadTest {
  /** Of two channels with two sites each. */
  private static Moments of(double... values) {
    Moments moments = new Moments(2);
    moments.add(values, 0, 2);
    return moments;
  }

  @Test
  void standardisedValuesNeedNoWord() {
    assertThat(ValueSpread.warning(of(-1, 1, -0.5, 1.5))).isEmpty();
  }

  @Test
  void theFirstChannelThatIsFarFromTheBaseIsNamed() {
    assertThat(ValueSpread.warning(of(-1, 1, 100, 156)))
        .hasValue(
            "real values of the training data have mean 128.0 and standard deviation 28.00 in"
                + " channel 1 of 2; they are learnt as they are, by a flow that begins at 0 and 1:"
                + " set values.standardise to true");
    assertThat(ValueSpread.warning(of(-0.1, 0.1, -1, 1)).orElseThrow())
        .contains("mean 0.000 and standard deviation 0.1000 in channel 0 of 2;");
    assertThat(ValueSpread.warning(of(-8, 8, -1, 1))).isPresent();
  }
}
