package org.rgflow.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  private final StringWriter out = new StringWriter();

  private StatusLine status(int columns) {
    return new StatusLine(new PrintWriter(out), columns);
  }

  @Test
  void onATerminalALineIsCutToItsWidthAndTheNextOverwritesIt() {
    StatusLine status = status(10);
    status.show("round 1/100  epoch 0.5", true);
    status.show("round 2", false);
    status.finish();
    assertThat(out.toString()).isEqualTo("\rround 1/1\rround 2  " + System.lineSeparator());
  }

  @Test
  void elsewhereALineIsWholeWhereItIsWorthIt() {
    StatusLine status = status(0);
    status.show("round 1/100  epoch 0.5", true);
    status.show("round 2", false);
    status.finish();
    assertThat(out.toString()).isEqualTo("round 1/100  epoch 0.5" + System.lineSeparator());
  }
}
