package org.rgflow.spark.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rgflow.spark.score.BlockSums;
import org.rgflow.spark.score.PairedComparison;
import org.rgflow.spark.score.ScoreSummary;

class PromotionRuleTest {
  private static final PromotionRule RULE = new PromotionRule(0.01, 0.95, 500, 0.01, 3);

  private static ScoreSummary summary(double mean, long errors, long doubtful) {
    return new ScoreSummary(
        100, 0, errors, doubtful, "bits/dim", mean, 0.1, List.of(), Double.NaN, Double.NaN);
  }

  /** Gains with a mean, that differ by a hundredth. */
  private static double[] gains(double mean) {
    return IntStream.range(0, 100).mapToDouble(i -> mean + (i % 2 == 0 ? 0.01 : -0.01)).toArray();
  }

  private static Decision decide(double gain, long lost, long doubtful) {
    return RULE.decide(
        4,
        summary(3, 0, 0),
        summary(3 - gain, 0, doubtful),
        new PairedComparison.Result(BlockSums.single(gains(gain)), lost, 0));
  }

  @Test
  void whatIsBetterByMoreThanTheMarginIsPromoted() {
    Decision decision = decide(0.02, 0, 1);
    assertThat(decision.promoted()).isTrue();
    assertThat(decision.reasons())
        .singleElement()
        .asString()
        .startsWith("better by 0.0200 bits/dim, 95 % between 0.01")
        .endsWith(": past the margin of 0.01");
    assertThat(decision.champion()).isEqualTo(4);
  }

  @Test
  void whatIsBetterByLessIsNotThoughItsMeanIsPastTheMargin() {
    Decision decision = decide(0.0105, 0, 0);
    assertThat(decision.gain()).isGreaterThan(RULE.margin());
    assertThat(decision.promoted()).isFalse();
    assertThat(decision.reasons()).singleElement().asString().contains("not past the margin");
  }

  @Test
  void whatIsWorseSaysByHowMuch() {
    assertThat(decide(-0.5, 0, 0).reasons()).singleElement().asString().startsWith("worse by 0.5");
  }

  @Test
  void oneImageWithoutAFiniteScoreIsOneTooMany() {
    Decision decision = decide(1, 1, 0);
    assertThat(decision.promoted()).isFalse();
    assertThat(decision.reasons())
        .containsExactly(
            "1 of 100 held-out images have a finite score under version 4 and none under the"
                + " challenger");
  }

  @Test
  void imagesThatNeitherScoresAreNamedAndDecideNothing() {
    PairedComparison.Result compared =
        new PairedComparison.Result(BlockSums.single(gains(1)), 0, 3);
    Decision decision = RULE.decide(4, summary(3, 3, 0), summary(2, 3, 0), compared);
    assertThat(decision.promoted()).isTrue();
    assertThat(decision.reasons())
        .hasSize(2)
        .contains("3 of 100 held-out images have no finite score under either");
  }

  @Test
  void scoresThatTheSolverDoesNotStandForCountAgainstIt() {
    Decision decision = decide(1, 0, 2);
    assertThat(decision.promoted()).isFalse();
    assertThat(decision.reasons())
        .containsExactly("2 of 100 held-out images are past score.maxSolverError, more than 1 %");
  }

  @Test
  void withNothingToCompareItIsNotPromoted() {
    Decision decision =
        RULE.decide(
            4,
            summary(Double.NaN, 100, 0),
            summary(3, 0, 0),
            new PairedComparison.Result(BlockSums.single(), 0, 0));
    assertThat(decision.promoted()).isFalse();
  }

  @Test
  void theFirstVersionNeedsOnlyBeSound() {
    assertThat(RULE.first(summary(9, 0, 0)).promoted()).isTrue();
    assertThat(RULE.first(summary(9, 1, 0)).promoted()).isFalse();
    assertThat(RULE.first(summary(9, 0, 50)).promoted()).isFalse();
  }

  @Test
  void aDecisionIsReadAsItWasWritten() throws IOException {
    for (Decision decision : List.of(decide(0.02, 0, 0), RULE.first(summary(9, 0, 0)))) {
      String json = decision.json().toString();
      assertThat(Decision.of(new ObjectMapper().readTree(json))).isEqualTo(decision);
    }
  }
}
