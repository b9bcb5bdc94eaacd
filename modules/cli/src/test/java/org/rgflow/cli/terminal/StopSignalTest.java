package org.rgflow.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class StopSignalTest {
  private final StringWriter out = new StringWriter();

  private static void awaitRequest(StopSignal stop) throws InterruptedException {
    for (int waited = 0; !stop.isRequested() && waited < 10_000; waited++) {
      Thread.sleep(1);
    }
  }

  @Test
  void aSignalIsAWishAndSaysWhatComes() throws InterruptedException {
    try (StopSignal stop = StopSignal.listen(new PrintWriter(out), "one more round")) {
      assertThat(stop.isRequested()).isFalse();
      Signal.raise(new Signal("TERM"));
      awaitRequest(stop);
      assertThat(stop.isRequested()).isTrue();
      for (int waited = 0; out.toString().isEmpty() && waited < 10_000; waited++) {
        Thread.sleep(1);
      }
      assertThat(out.toString()).contains("SIGTERM: one more round; another ends it at once");
    }
  }

  @Test
  void afterwardsTheHandlerBeforeIsBack() throws InterruptedException {
    CountDownLatch handled = new CountDownLatch(1);
    Signal term = new Signal("TERM");
    SignalHandler original = Signal.handle(term, signal -> handled.countDown());
    try {
      StopSignal.listen(new PrintWriter(out), "nothing").close();
      Signal.raise(term);
      assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(out.toString()).isEmpty();
    } finally {
      Signal.handle(term, original);
    }
  }
}
