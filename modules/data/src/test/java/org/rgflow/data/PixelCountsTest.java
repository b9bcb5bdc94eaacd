package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PixelCountsTest {
  @Test
  void countsEveryChannelByItself() {
    PixelCounts counts = new PixelCounts(2);
    counts.add(new byte[] {5, 5, (byte) 255, 5});
    assertThat(counts.of(0, 5)).isEqualTo(2);
    assertThat(counts.of(1, 5)).isEqualTo(1);
    assertThat(counts.of(1, 255)).isEqualTo(1);
    assertThat(counts.total()).isEqualTo(2);
  }

  @Test
  void mergingIsCountingAll() {
    PixelCounts one = new PixelCounts(1);
    one.add(new byte[] {1, 2});
    PixelCounts other = new PixelCounts(1);
    other.add(new byte[] {2, 3});
    one.merge(other);
    assertThat(one.of(0, 2)).isEqualTo(2);
    assertThat(one.total()).isEqualTo(4);
    assertThat(PixelCounts.of(one.values()).values()).isEqualTo(one.values());
    assertThatThrownBy(() -> one.merge(new PixelCounts(3)))
        .isInstanceOf(DataException.class)
        .hasMessage("pixel counts of 3 channels; allowed: 1");
  }

  @Test
  void refusesWhatNobodyCounted() {
    assertThatThrownBy(() -> PixelCounts.of(new long[255]))
        .isInstanceOf(DataException.class)
        .hasMessage("pixel counts must be a multiple of 256 numbers, were 255");
    long[] negative = new long[256];
    negative[9] = -1;
    assertThatThrownBy(() -> PixelCounts.of(negative))
        .hasMessage("pixel counts must be at least 0, was -1");
    long[] uneven = new long[512];
    uneven[0] = 3;
    assertThatThrownBy(() -> PixelCounts.of(uneven))
        .hasMessage("pixel counts of channel 1 must sum to 3 as the first channel's, were 0");
    assertThatThrownBy(() -> new PixelCounts(0)).hasMessage("channels must be at least 1, was 0");
  }
}
