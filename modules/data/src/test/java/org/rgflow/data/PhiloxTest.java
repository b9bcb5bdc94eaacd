package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Known answers of Random123's kat_vectors, philox4x32 with 10 rounds. */
class PhiloxTest {
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0000000000000000, 0000000000000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffffffffffff, ffffffffffffffff, ffffffffffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "299f31d0a4093822, 85a308d3243f6a88, 0370734413198a2e, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void givesTheKnownAnswers(String key, String low, String high, String expected) {
    int[] words = new int[4];
    Philox.block(
        Long.parseUnsignedLong(key, 16),
        Long.parseUnsignedLong(low, 16),
        Long.parseUnsignedLong(high, 16),
        words);
    assertThat(String.format("%08x %08x %08x %08x", words[0], words[1], words[2], words[3]))
        .isEqualTo(expected);
  }
}
