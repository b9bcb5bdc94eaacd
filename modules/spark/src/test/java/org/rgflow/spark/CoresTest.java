package org.rgflow.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CoresTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(200);

  @Test
  void executorsAreWaitedForUntilNoMoreCome() {
    AtomicInteger looks = new AtomicInteger();
    Cores.settled(() -> Math.min(3, looks.incrementAndGet() / 2), 99, SHORT, LONG);
    assertThat(looks.get()).isGreaterThanOrEqualTo(6);
  }

  @Test
  void asManyAsWereAskedForAreEnoughAndFewerAreNot() {
    Cores.settled(() -> 2, 2, LONG, LONG);
    AtomicInteger looks = new AtomicInteger();
    Cores.settled(() -> Math.max(1, looks.incrementAndGet() - 9), 4, LONG, LONG);
    assertThat(looks.get()).isEqualTo(13);
  }

  @Test
  void whereNoneComesItGoesOnAfterTheMost() {
    Cores.settled(() -> 0, 99, Duration.ofMillis(1), SHORT);
  }
}
