package org.rgflow.spark.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightedDrawsTest {
  /** Weights of 1 and 3 with equal chance; E tells which. */
  private static WeightedDraws twoWeights(int count) {
    Random random = new Random(3);
    double[] energies = random.ints(count, 0, 2).asDoubleStream().toArray();
    double[] free = Arrays.stream(energies).map(heavy -> -heavy * Math.log(3)).toArray();
    return new WeightedDraws(free, new double[count], energies);
  }

  @Test
  void aPerfectModelIsAlwaysAccepted() {
    double[] free = new Random(1).doubles(400).toArray();
    double[] logBase = Arrays.stream(free).map(f -> 7 - f).toArray();
    ChainStatistics found = new WeightedDraws(free, logBase, free).metropolis(4, 1);
    // sums of two numbers round
    assertThat(found.acceptance()).isCloseTo(1, within(1e-13));
    assertThat(found.steps()).isEqualTo(100 - 11);
    assertThat(found.energy().mean()).isCloseTo(0.5, within(0.1));
  }

  /**
   * The chain leaves light for heavy with chance 1/2 and heavy for light with 1/6: it is heavy in
   * 3/4 of the steps, accepts 1/4 + 3/4 (1/2 + 1/6) = 3/4, and forgets by 1/3 a step, so tau = 1.
   */
  @Test
  void chainsFindTheTargetWhateverTheModel() {
    ChainStatistics found = twoWeights(64_000).metropolis(32, 1);
    assertThat(found.acceptance()).isCloseTo(0.75, within(4 * found.acceptanceError()));
    assertThat(found.acceptanceError()).isLessThan(0.01);
    assertThat(found.energy().mean()).isCloseTo(0.75, within(4 * found.energy().meanError()));
    assertThat(found.energy().time()).isCloseTo(1, within(4 * found.energy().timeError()));
  }

  @Test
  void weightsGiveTheMeanEnergyToo() {
    WeightedDraws.Mean found = twoWeights(64_000).meanEnergy();
    assertThat(found.value()).isCloseTo(0.75, within(4 * found.error()));
    // deviation of the ratio: w (E - 3/4) is -3/4 or 3/4, the mean weight 2
    assertThat(found.error()).isCloseTo(0.75 / 2 / Math.sqrt(64_000), within(1e-5));
  }

  @Test
  void anotherSeedAcceptsOthers() {
    WeightedDraws draws = twoWeights(400);
    assertThat(draws.metropolis(4, 1)).isEqualTo(draws.metropolis(4, 1));
    assertThat(draws.metropolis(4, 2)).isNotEqualTo(draws.metropolis(4, 1));
  }

  @Test
  void chainsNeedSamples() {
    assertThatThrownBy(() -> twoWeights(15).metropolis(4, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("physics.samples must be at least 4 physics.chains, which is 16, was 15");
  }
}
