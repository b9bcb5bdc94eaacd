package org.rgflow.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {
  /** Its input is a pipe, on JDKs with a console for everybody too. */
  @Test
  void aTestIsNotInteractive() {
    assertThat(Terminal.isInteractive()).isFalse();
  }

  @Test
  void aLineHasSomeWidth() {
    assertThat(Terminal.columns()).isPositive();
  }
}
