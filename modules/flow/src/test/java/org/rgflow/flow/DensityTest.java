package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DensityTest {
  @Test
  void anExamplesDensityIsItsLevelsTermsAddedUp() {
    double[][] levels = {{-1, -2}, {-0.5, -4}};
    assertThat(new Density(levels, new double[2][3]).logProb()).containsExactly(-1.5, -6);
  }

  @Test
  void theMeanIsOfDensitiesAndNotOfTheirLogarithms() {
    double mean = Density.logMean(-1000, -1000 + Math.log(3));
    assertThat(mean).isCloseTo(-1000 + Math.log(2), within(1e-12));
    assertThat(Density.logMean(1000, 1000 + Math.log(3)))
        .isCloseTo(1000 + Math.log(2), within(1e-12));
    assertThat(Density.logMean(-5)).isEqualTo(-5);
  }

  @Test
  void aDensityOfNothingCountsAndOneThatIsNoNumberShows() {
    assertThat(Density.logMean(Double.NEGATIVE_INFINITY, -1))
        .isCloseTo(-1 - Math.log(2), within(1e-15));
    assertThat(Density.logMean(Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Density.logMean(Double.NaN, -1)).isNaN();
  }
}
