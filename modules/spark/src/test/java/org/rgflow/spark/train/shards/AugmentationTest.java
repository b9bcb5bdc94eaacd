package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;

class AugmentationTest {
  private static final int SHIFT = 2;

  private static String drawn(Augmentation augmentation, long seed, long key, long draw) {
    Displacement displacement = augmentation.displacement(2, seed, key, draw);
    int[] offsets = displacement.offsets();
    return displacement.isMirrored() + " " + offsets[0] + " " + offsets[1];
  }

  /** Draws of 1000 examples in 40 epochs, counted by what they are. */
  private static int[][][] counts(Augmentation augmentation) {
    int width = 2 * SHIFT + 1;
    int[][][] counts = new int[2][width][width];
    for (int key = 0; key < 1000; key++) {
      for (int epoch = 0; epoch < 40; epoch++) {
        Displacement found = augmentation.displacement(2, 3, key, epoch);
        int[] offsets = found.offsets();
        counts[found.isMirrored() ? 1 : 0][offsets[0] + SHIFT][offsets[1] + SHIFT]++;
      }
    }
    return counts;
  }

  /** Five standard deviations of a count of 40,000 draws, each with a chance. */
  private static double tolerance(double chance) {
    return 5 * Math.sqrt(40_000 * chance * (1 - chance));
  }

  @Test
  void everyDisplacementIsEquallyLikely() {
    double chance = 1.0 / 50;
    for (int[][] ofAFlip : counts(new Augmentation(true, SHIFT))) {
      for (int[] ofARow : ofAFlip) {
        for (int count : ofARow) {
          assertThat((double) count).isCloseTo(40_000 * chance, within(tolerance(chance)));
        }
      }
    }
  }

  @Test
  void oneWithoutShiftOnlyMirrorsAndOneWithoutFlipOnlyMoves() {
    int[][][] mirrored = counts(new Augmentation(true, 0));
    assertThat((double) mirrored[1][SHIFT][SHIFT]).isCloseTo(20_000, within(tolerance(0.5)));
    assertThat(mirrored[0][SHIFT][SHIFT] + mirrored[1][SHIFT][SHIFT]).isEqualTo(40_000);
    int[][][] moved = counts(new Augmentation(false, SHIFT));
    for (int[] ofARow : moved[1]) {
      assertThat(ofARow).containsOnly(0);
    }
  }

  @Test
  void aDrawIsOfSeedExampleAndEpochAlone() {
    Augmentation augmentation = new Augmentation(true, 1000);
    String drawn = drawn(augmentation, 1, 2, 3);
    assertThat(drawn(new Augmentation(true, 1000), 1, 2, 3)).isEqualTo(drawn);
    assertThat(drawn(augmentation, 9, 2, 3)).isNotEqualTo(drawn);
    assertThat(drawn(augmentation, 1, 9, 3)).isNotEqualTo(drawn);
    assertThat(drawn(augmentation, 1, 2, 9)).isNotEqualTo(drawn);
  }

  @Test
  void withoutAnyAnExampleIsItself() {
    Example example = Example.ofPixels("image", new Shape(1, 2, 2), new byte[] {1, 2, 3, 4});
    assertThat(Augmentation.NONE.of(example, 1, 2, 3)).isSameAs(example);
  }

  @Test
  void anExampleIsNotMovedByAWholeAxis() {
    Shape shape = new Shape(3, 8, 4);
    assertThatCode(() -> new Augmentation(true, 3).requireWithin(shape)).doesNotThrowAnyException();
    assertThatThrownBy(() -> new Augmentation(true, 4).requireWithin(shape))
        .isInstanceOf(DataException.class)
        .hasMessage("train.shift must be less than 4, the shortest axis of 3x8x4, was 4");
    assertThatThrownBy(() -> new Augmentation(false, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("train.shift must be at least 0, was -1");
  }
}
