package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoreDriftTest {
  private static final int PARTS = 200;
  private static final int IMAGES = 100_000;

  /** Scores that are uniform between 0 and 1. */
  private static final ScoreDistribution USUAL =
      new ScoreDistribution(
          "model",
          "scoring",
          "bits/dim",
          5000,
          IntStream.rangeClosed(0, PARTS).mapToDouble(i -> (double) i / PARTS).toArray());

  private static ScoreDrift drift(DoubleUnaryOperator score) {
    long[] counts = new long[PARTS + 2];
    IntStream.range(0, IMAGES)
        .mapToDouble(i -> score.applyAsDouble((i + 0.5) / IMAGES))
        .forEach(value -> counts[ScoreDrift.cell(USUAL.quantiles(), value)]++);
    return ScoreDrift.of(USUAL, counts, 3);
  }

  @Test
  void scoresOfTheSameDistributionHaveNotDrifted() {
    ScoreDrift drift = drift(u -> u);
    assertThat(drift.images()).isEqualTo(IMAGES);
    assertThat(drift.errors()).isEqualTo(3);
    assertThat(drift.stability()).isLessThan(1e-6);
    assertThat(drift.distance()).isLessThan(1e-4);
    assertThat(drift.chance()).isGreaterThan(0.99);
  }

  /** Of u^2 the distribution function is sqrt(q), farthest from q at 1/4. */
  @Test
  void driftIsThatOfTheClosedForm() {
    ScoreDrift drift = drift(u -> u * u);
    double expected = 0;
    for (int tenth = 0; tenth < 10; tenth++) {
      double actual = Math.sqrt((tenth + 1) / 10.0) - Math.sqrt(tenth / 10.0);
      expected += (actual - 0.1) * Math.log(actual / 0.1);
    }
    assertThat(drift.distance()).isCloseTo(0.25, within(1e-4));
    assertThat(drift.stability()).isCloseTo(expected, within(1e-3));
    assertThat(drift.chance()).isLessThan(1e-6);
  }

  @Test
  void whatIsBelowOrAboveAllOfTheUsualCounts() {
    assertThat(drift(u -> -1).distance()).isEqualTo(1);
    assertThat(drift(u -> 2).distance()).isEqualTo(1);
    assertThat(drift(u -> -1).stability()).isGreaterThan(2);
    assertThat(drift(u -> 2).stability()).isCloseTo(drift(u -> -1).stability(), within(1e-9));
  }
}
