package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ExactCovarianceTest {
  private static ExactCovariance of(double[]... vectors) {
    ExactCovariance found = new ExactCovariance(2);
    for (double[] vector : vectors) {
      found.add(vector);
    }
    return found;
  }

  @Test
  void meansAndCovariancesAreThoseOfTheTextbook() {
    ExactCovariance found =
        of(new double[] {1, 2}, new double[] {2, 1}, new double[] {3, 6}, new double[] {6, 3});
    assertThat(found.count()).isEqualTo(4);
    assertThat(found.mean(0)).isEqualTo(3);
    assertThat(found.mean(1)).isEqualTo(3);
    // deviations -2, -1, 0, 3 and -1, -2, 3, 0
    assertThat(found.covariance(0, 0)).isCloseTo(14.0 / 3, within(1e-15));
    assertThat(found.covariance(1, 1)).isCloseTo(14.0 / 3, within(1e-15));
    assertThat(found.covariance(0, 1)).isCloseTo(4.0 / 3, within(1e-15));
    assertThat(found.covariance(1, 0)).isEqualTo(found.covariance(0, 1));
  }

  @Test
  void aSmallSpreadAboutALargeMeanIsKept() {
    double spread = 1.0 / 1024;
    ExactCovariance found = of(new double[] {1e9, 5}, new double[] {1e9 + spread, 5});
    assertThat(found.covariance(0, 0)).isEqualTo(spread * spread / 2);
    assertThat(found.covariance(1, 1)).isZero();
    assertThat(found.covariance(0, 1)).isZero();
  }

  @Test
  void neitherOrderNorPartsMatter() {
    double[] one = {0.1, 1e16};
    double[] other = {-3.7, 1};
    double[] third = {1e-9, -1e16};
    ExactCovariance whole = of(one, other, third);
    ExactCovariance parts = new ExactCovariance(2);
    parts.merge(of(third).packed());
    parts.merge(of().packed());
    parts.merge(of(other, one).packed());
    assertThat(parts.count()).isEqualTo(3);
    for (int i = 0; i < 2; i++) {
      assertThat(parts.mean(i)).isEqualTo(whole.mean(i));
      assertThat(parts.covariance(i, 0)).isEqualTo(whole.covariance(i, 0));
      assertThat(parts.covariance(i, 1)).isEqualTo(whole.covariance(i, 1));
    }
  }
}
