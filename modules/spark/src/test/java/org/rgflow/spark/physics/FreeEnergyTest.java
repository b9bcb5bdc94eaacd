package org.rgflow.spark.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FreeEnergyTest {
  private static double[] filled(int count, double value) {
    double[] values = new double[count];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void aPerfectModelHasEqualWeights() {
    // log q = -E - log Z in every sample, with log Z = 3
    double[] free = {1, 2, 4};
    double[] logBase = {-4, -5, -7};
    FreeEnergy found = FreeEnergy.of(free, logBase);
    assertThat(found.samples()).isEqualTo(3);
    assertThat(found.mean()).isCloseTo(7.0 / 3, within(1e-15));
    assertThat(found.bound()).isEqualTo(-3);
    assertThat(found.boundError()).isZero();
    assertThat(found.logPartition()).isEqualTo(3);
    assertThat(found.logPartitionError()).isZero();
    assertThat(found.effectiveSampleSize()).isEqualTo(1);
  }

  @Test
  void weightsAreAveragedAsWeightsHoweverLargeTheirLogarithms() {
    FreeEnergy found = FreeEnergy.of(new double[] {-1000, -1000 - Math.log(3)}, filled(2, 0));
    assertThat(found.bound()).isCloseTo(-1000 - Math.log(3) / 2, within(1e-9));
    assertThat(found.logPartition()).isCloseTo(1000 + Math.log(2), within(1e-12));
    assertThat(found.effectiveSampleSize()).isCloseTo(16.0 / 20, within(1e-12));
    // weights 1 and 3: mean 2, deviation of the mean 1
    assertThat(found.logPartitionError()).isCloseTo(0.5, within(1e-12));
  }

  /**
   * Normal log weights of variance s^2 have log Z - s^2/2 as mean, and ess exp(-s^2); over a
   * thousand repetitions the scatter is known to 2.2 %.
   */
  @Test
  void errorsAreTheScatterOfRepetitions() {
    double s = 0.6;
    Random random = new Random(4);
    int repetitions = 1000;
    double[] logPartitions = new double[repetitions];
    double[] bounds = new double[repetitions];
    double error = 0;
    double boundError = 0;
    double share = 0;
    for (int r = 0; r < repetitions; r++) {
      double[] free = random.doubles(400).map(u -> s * random.nextGaussian() + s * s / 2).toArray();
      FreeEnergy found = FreeEnergy.of(free, filled(400, 0));
      logPartitions[r] = found.logPartition();
      bounds[r] = found.bound();
      error += found.logPartitionError() / repetitions;
      boundError += found.boundError() / repetitions;
      share += found.effectiveSampleSize() / repetitions;
    }
    assertThat(deviation(logPartitions)).isCloseTo(error, within(0.1 * error));
    assertThat(deviation(bounds)).isCloseTo(boundError, within(0.1 * boundError));
    assertThat(share).isCloseTo(Math.exp(-s * s), within(0.01));
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
