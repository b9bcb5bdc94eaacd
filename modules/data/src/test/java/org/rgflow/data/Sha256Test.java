package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Sha256Test {
  /** FIPS 180-2, appendix B.1. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void theStandardsExampleComesOutHoweverTheBytesCome() throws IOException {
    assertThat(Sha256.hex("abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo(ABC);
    Sha256 parts = new Sha256().add(new byte[] {'a'});
    parts.stream().write('b');
    parts.stream().write(new byte[] {'b', 'c'}, 1, 1);
    assertThat(parts.length()).isEqualTo(3);
    assertThat(parts.hex()).isEqualTo(ABC);
    assertThat(parts.length()).isZero();
  }
}
