package org.rgflow.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class YarnAttemptTest {
  @Test
  void isReadOffTheContainersName() {
    assertThat(isAnother("container_1410901177871_0001_01_000001")).isFalse();
    assertThat(isAnother("container_1410901177871_0001_02_000001")).isTrue();
    assertThat(isAnother("container_e17_1410901177871_0001_02_000005")).isTrue();
    assertThat(isAnother("pod-2")).isFalse();
    assertThat(YarnAttempt.isAnother(Map.of())).isFalse();
  }

  private static boolean isAnother(String container) {
    return YarnAttempt.isAnother(Map.of("CONTAINER_ID", container));
  }
}
