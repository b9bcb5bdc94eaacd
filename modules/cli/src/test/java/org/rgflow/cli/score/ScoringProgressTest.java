package org.rgflow.cli.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;
import org.rgflow.cli.terminal.Shown;

class ScoringProgressTest {
  private static String warningOf(int added) {
    StringWriter warnings = new StringWriter();
    Shown shown = new Shown(new PrintWriter(Writer.nullWriter()), new PrintWriter(warnings));
    new ScoringProgress(shown, () -> false).resumed(3, 9, added);
    return warnings.toString().strip();
  }

  @Test
  void filesThatHaveComeSinceAreNamedByTheirNumber() {
    assertThat(warningOf(0)).isEmpty();
    assertThat(warningOf(1))
        .isEqualTo(
            "warning: 1 file has come since these scores began and is left out; score it with"
                + " --since-manifest");
    assertThat(warningOf(1200))
        .isEqualTo(
            "warning: 1,200 files have come since these scores began and are left out; score them"
                + " with --since-manifest");
  }
}
