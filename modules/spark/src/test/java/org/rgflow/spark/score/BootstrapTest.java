package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rgflow.data.KeyedNoise;

class BootstrapTest {
  private static double[] gaussian(int count, long key, double mean, double deviation) {
    double[] values = new double[count];
    new KeyedNoise(5, key, KeyedNoise.Purpose.LATENT, 0).fillGaussian(values, 0, count);
    return IntStream.range(0, count).mapToDouble(i -> mean + deviation * values[i]).toArray();
  }

  @Test
  void theIntervalIsThatOfTheNormalDistributionOfTheMean() {
    double[] values = gaussian(2000, 1, 3, 2);
    double mean = IntStream.range(0, 2000).mapToDouble(i -> values[i]).average().orElseThrow();
    Bootstrap.Interval interval = Bootstrap.ofMean(BlockSums.single(values), 0.95, 4000, 1);
    double half = 1.96 * 2 / Math.sqrt(2000);
    // ends of 4000 resamples scatter by 3 % of the half width, the deviation by 2 %
    assertThat(interval.low()).isCloseTo(mean - half, within(0.12 * half));
    assertThat(interval.high()).isCloseTo(mean + half, within(0.12 * half));
  }

  @Test
  void itHoldsTheTruthAsOftenAsItSays() {
    int sets = 400;
    long inside =
        IntStream.range(0, sets)
            .filter(
                set -> {
                  Bootstrap.Interval interval =
                      Bootstrap.ofMean(BlockSums.single(gaussian(60, set, 1, 1)), 0.9, 300, set);
                  return interval.low() <= 1 && 1 <= interval.high();
                })
            .count();
    // 0.9 of 400 scatters by 6; of 60 values the percentile interval is narrower by 1.5 %
    assertThat((int) inside).isBetween(336, 382);
  }

  @Test
  void blocksOfIndependentValuesGiveTheIntervalOfTheirValues() {
    double[] values = gaussian(20_000, 3, 1, 2);
    double[] sums = new double[2000];
    long[] counts = new long[2000];
    // the last block is shorter, as that of a number which blocks do not divide
    for (int i = 0; i < values.length - 5; i++) {
      int block = i < 5 ? 1999 : (i - 5) / 10;
      sums[block] += values[i];
      counts[block]++;
    }
    BlockSums blocks = new BlockSums(sums, counts);
    double[] used = Arrays.copyOf(values, values.length - 5);
    assertThat(blocks.images()).isEqualTo(used.length);
    assertThat(blocks.mean()).isCloseTo(Arrays.stream(used).average().orElseThrow(), within(1e-12));
    Bootstrap.Interval ofBlocks = Bootstrap.ofMean(blocks, 0.95, 4000, 1);
    Bootstrap.Interval ofValues = Bootstrap.ofMean(BlockSums.single(used), 0.95, 4000, 1);
    double half = (ofValues.high() - ofValues.low()) / 2;
    assertThat(ofBlocks.low()).isCloseTo(ofValues.low(), within(0.12 * half));
    assertThat(ofBlocks.high()).isCloseTo(ofValues.high(), within(0.12 * half));
  }

  @Test
  void theIntervalOfNothingIsUnknown() {
    assertThat(Bootstrap.ofMean(BlockSums.single(), 0.9, 10, 1))
        .isEqualTo(Bootstrap.Interval.unknown());
    assertThat(BlockSums.single().mean()).isNaN();
  }

  @Test
  void theSameSeedGivesTheSameInterval() {
    double[] values = gaussian(50, 2, 0, 1);
    assertThat(Bootstrap.ofMean(BlockSums.single(values), 0.9, 200, 7))
        .isEqualTo(Bootstrap.ofMean(BlockSums.single(values), 0.9, 200, 7))
        .isNotEqualTo(Bootstrap.ofMean(BlockSums.single(values), 0.9, 200, 8));
  }
}
