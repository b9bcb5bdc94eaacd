package org.rgflow.spark.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoTailTest {
  private static final int SAMPLES = 40_000;

  /** Quantiles of a Pareto distribution, whose tail above any value is one of the same shape. */
  private static double[] logOfPareto(double shape) {
    return DoubleStream.iterate(0.5, u -> u < SAMPLES, u -> u + 1)
        .map(u -> -shape * Math.log(u / SAMPLES))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.5, 0.7, 1, 1.5})
  void theShapeOfAParetoDistributionIsFound(double shape) {
    // of 600 exceedances, of which 10 more at 0.5 are a sixtieth
    assertThat(ParetoTail.shape(logOfPareto(shape))).isCloseTo(shape, within(0.05));
  }

  @Test
  void neitherOrderNorUnitMatters() {
    double[] logs = logOfPareto(0.6);
    double found = ParetoTail.shape(logs);
    double[] other = new double[logs.length];
    Arrays.setAll(other, i -> logs[logs.length - 1 - i] + 700);
    assertThat(ParetoTail.shape(other)).isCloseTo(found, within(1e-9));
  }

  /** exp(s g) of normal g has all moments; what is seen of its tail grows with s. */
  @Test
  void weightsOfANearModelAreLighterThanThoseOfAFarOne() {
    Random random = new Random(3);
    double[] normal = random.doubles(SAMPLES).map(u -> random.nextGaussian()).toArray();
    double near = ParetoTail.shape(Arrays.stream(normal).map(g -> 0.5 * g).toArray());
    double far = ParetoTail.shape(Arrays.stream(normal).map(g -> 4 * g).toArray());
    assertThat(near).isLessThan(0.5);
    assertThat(far).isGreaterThan(ParetoTail.RELIABLE);
  }

  @Test
  void ofFewSamplesOrEqualOnesThereIsNone() {
    assertThat(ParetoTail.shape(new double[] {1, 2, 3, 4})).isNaN();
    assertThat(ParetoTail.shape(new double[1000])).isNaN();
  }
}
