package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static long count(Selection selection) {
    return IntStream.range(0, 10_000).filter(i -> selection.test("train#" + i)).count();
  }

  @Test
  void everyExampleIsOnOneSide() {
    Selection out = Selection.heldOut(3, 0.1);
    Selection in = Selection.notHeldOut(3, 0.1);
    assertThat(IntStream.range(0, 10_000))
        .allMatch(i -> out.test("train#" + i) != in.test("train#" + i));
  }

  @Test
  void theShareIsTheFraction() {
    // five standard deviations of a binomial of 10,000 at 0.1 are 150
    assertThat(count(Selection.heldOut(3, 0.1))).isBetween(850L, 1150L);
    assertThat(count(Selection.heldOut(3, 0))).isZero();
    assertThat(count(Selection.heldOut(3, 1))).isEqualTo(10_000);
    assertThat(count(Selection.all())).isEqualTo(10_000);
  }

  @Test
  void aLargerFractionKeepsWhatASmallerOneHeldOut() {
    Selection few = Selection.heldOut(3, 0.1);
    Selection more = Selection.heldOut(3, 0.2);
    assertThat(IntStream.range(0, 10_000).filter(i -> few.test("train#" + i)))
        .allMatch(i -> more.test("train#" + i));
  }

  @Test
  void anotherSeedIsAnotherSplit() {
    Selection one = Selection.heldOut(1, 0.5);
    Selection other = Selection.heldOut(2, 0.5);
    assertThat(IntStream.range(0, 10_000))
        .anyMatch(i -> one.test("a#" + i) != other.test("a#" + i));
  }

  @Test
  void refusesWhatIsNoFraction() {
    assertThatThrownBy(() -> Selection.heldOut(1, 1.5))
        .hasMessage("held-out fraction must be in [0, 1], was 1.5");
    assertThatThrownBy(() -> Selection.notHeldOut(1, Double.NaN))
        .hasMessage("held-out fraction must be in [0, 1], was NaN");
  }
}
