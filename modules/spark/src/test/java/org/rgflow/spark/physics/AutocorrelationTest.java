package org.rgflow.spark.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutocorrelationTest {
  /** x' = a x + sqrt(1 - a^2) noise, of mean 3 and variance 1: tau = (1 + a)/(1 - a)/2. */
  private static double[][] autoregressive(double a, int chains, int steps, long seed) {
    Random random = new Random(seed);
    double[][] values = new double[chains][steps];
    for (double[] chain : values) {
      double x = random.nextGaussian();
      for (int t = 0; t < steps; t++) {
        chain[t] = 3 + x;
        x = a * x + Math.sqrt(1 - a * a) * random.nextGaussian();
      }
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.4, 0, 0.5, 0.9})
  void aKnownTimeIsFoundWithinItsError(double a) {
    double tau = (1 + a) / (1 - a) / 2;
    Autocorrelation found = Autocorrelation.of(autoregressive(a, 16, 2000, 5));
    // the window leaves out exp(-W/tau), which is of the error's size
    assertThat(found.time()).isCloseTo(tau, within(4 * found.timeError()));
    assertThat(found.timeError()).isPositive().isLessThan(0.1 * tau);
    assertThat(found.mean()).isCloseTo(3, within(4 * found.meanError()));
    double error = Math.sqrt(2 * tau / (16 * 2000));
    assertThat(found.meanError()).isCloseTo(error, within(0.1 * error));
  }

  /** Over 300 repetitions the scatter is known to 4 %. */
  @Test
  void errorsAreTheScatterOfRepetitions() {
    int repetitions = 300;
    double[] times = new double[repetitions];
    double[] means = new double[repetitions];
    double timeError = 0;
    double meanError = 0;
    for (int r = 0; r < repetitions; r++) {
      Autocorrelation found = Autocorrelation.of(autoregressive(0.8, 8, 400, r));
      times[r] = found.time();
      means[r] = found.mean();
      timeError += found.timeError() / repetitions;
      meanError += found.meanError() / repetitions;
    }
    assertThat(deviation(times)).isCloseTo(timeError, within(0.25 * timeError));
    assertThat(deviation(means)).isCloseTo(meanError, within(0.15 * meanError));
    // of 4.5; what the window leaves out is 3 % at these lengths
    assertThat(Arrays.stream(times).average().orElseThrow()).isCloseTo(4.5, within(0.25));
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  @Test
  void chainsThatAreTooShortOrStandStillHaveNoTime() {
    Autocorrelation drift = Autocorrelation.of(autoregressive(0.999, 4, 50, 1));
    assertThat(drift.time()).isNaN();
    assertThat(drift.meanError()).isNaN();
    assertThat(drift.window()).isZero();
    double[][] still = {{2, 2, 2, 2}, {2, 2, 2, 2}};
    assertThat(Autocorrelation.of(still).time()).isNaN();
    assertThat(Autocorrelation.of(still).mean()).isEqualTo(2);
  }
}
