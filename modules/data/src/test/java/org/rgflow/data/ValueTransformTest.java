package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.rgflow.data.KeyedNoise.Purpose;

class ValueTransformTest {
  private static final ValueTransform OF_TWO =
      new ValueTransform(new Standardisation(new double[] {300, -2}, new double[] {5, 0.25}));

  private static KeyedNoise noise() {
    return new KeyedNoise(1, 2, Purpose.DEQUANTISATION, 0);
  }

  private static Example example(int channels, float... values) {
    return Example.ofValues("a", new Shape(channels, values.length / channels), values);
  }

  @Test
  void standardisesEveryChannelByItsOwnMap() {
    double[] x = new double[8];
    double logDet = OF_TWO.forward(example(2, 300, 310, 295, -2, -1.5f, 0), noise(), x, 1);
    assertThat(x).containsExactly(0, 0, 2, -1, 0, 2, 8, 0);
    assertThat(logDet).isCloseTo(-3 * Math.log(5) - 3 * Math.log(0.25), within(1e-14));
  }

  /** log p of what was scaled by c is less by log c for every number. */
  @Test
  void unitsDoNotMatter() {
    ValueTransform scaled =
        new ValueTransform(new Standardisation(new double[] {2400, -16}, new double[] {40, 2}));
    double[] x = new double[4];
    double[] ofScaled = new double[4];
    double logDet = OF_TWO.forward(example(2, 301, 299, 1, 2), noise(), x, 0);
    double other = scaled.forward(example(2, 2408, 2392, 8, 16), noise(), ofScaled, 0);
    assertThat(ofScaled).isEqualTo(x);
    assertThat(other).isCloseTo(logDet - 4 * Math.log(8), within(1e-13));
  }

  @Test
  void theInverseGivesEveryValueBack() {
    float[] values = {300, 310, 295, -2, -1.5f, 0};
    double[] x = new double[6];
    OF_TWO.forward(example(2, values), noise(), x, 0);
    float[] rounded = new float[7];
    for (int i = 0; i < x.length; i++) {
      rounded[i + 1] = (float) x[i];
    }
    float[] found = new float[6];
    OF_TWO.inverse(rounded, 1, found);
    assertThat(found).isEqualTo(values);
  }

  @Test
  void valuesAsTheyAreAreTheFlowsOwn() {
    ValueTransform plain = new ValueTransform();
    double[] x = new double[3];
    assertThat(plain.forward(example(3, 1, -2, 1e30f), noise(), x, 0)).isZero();
    assertThat(x).containsExactly(1, -2, 1e30f);
    float[] found = new float[3];
    plain.inverse(new float[] {1, -2, 1e30f}, 0, found);
    assertThat(found).containsExactly(1, -2, 1e30f);
  }

  @Test
  void likelihoodsAreInNatsPerDimension() {
    assertThat(OF_TWO.isOfPixels()).isFalse();
    assertThat(OF_TWO.unit()).isEqualTo("nats/dim");
    assertThat(OF_TWO.perDimension(-784, 392)).isEqualTo(2);
  }

  @Test
  void refusesOtherChannels() {
    assertThatThrownBy(() -> OF_TWO.forward(example(1, 1, 2), noise(), new double[2], 0))
        .isInstanceOf(DataException.class)
        .hasMessage("a (1x2 values); allowed: 2 channels, as in training");
    assertThatThrownBy(() -> OF_TWO.inverse(new float[3], 0, new float[3]))
        .hasMessage("3 values cannot be 2 channels; allowed: a multiple");
  }
}
