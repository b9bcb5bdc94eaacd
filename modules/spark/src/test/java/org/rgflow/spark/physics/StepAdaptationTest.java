package org.rgflow.spark.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepAdaptationTest {
  /** A chain whose chance falls with the step: exp(-(h / scale)^2). */
  private static double[] chances(double[] steps, double[] scales) {
    double[] chances = new double[steps.length];
    Arrays.setAll(chances, n -> Math.exp(-Math.pow(steps[n] / scales[n], 2)));
    return chances;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 5})
  void everyChainFindsTheStepWithWhichItAcceptsFourOfFive(double first) {
    double[] scales = {0.05, 1, 30};
    StepAdaptation adaptation = new StepAdaptation(first, scales.length);
    for (int t = 0; t < 2000; t++) {
      adaptation.learn(chances(adaptation.tried(), scales));
    }
    assertThat(chances(adaptation.found(), scales)).containsOnly(new double[] {0.8}, within(0.02));
  }
}
