package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExampleLinesTest {
  @Test
  void anExampleThatFitsIsOneLine() {
    String example = "  rgflow sample --model runs/a-b --output c/d";
    assertThat(ExampleLines.lines(example, example.length())).containsExactly(example);
  }

  @Test
  void aLongerOneIsContinuedWhereNoWordIsCut() {
    String example = "  rgflow registry promote 12 --name photos --dry-run --reason 'by hand'";
    assertThat(ExampleLines.lines(example, 34))
        .isEqualTo(
            List.of(
                "  rgflow registry promote 12 \\",
                "      --name photos --dry-run \\",
                "      --reason 'by hand'"));
  }

  @Test
  void aWordThatIsTooLongHasItsOwnLine() {
    assertThat(ExampleLines.lines("  rgflow verify a/long-path/of.npz b.npz", 20))
        .containsExactly("  rgflow verify \\", "      a/long-path/of.npz \\", "      b.npz");
  }
}
