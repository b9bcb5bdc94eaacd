package org.rgflow.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
  @Test
  void onlyWhatNeedsQuotesHasThem() {
    assertThat(ShellWord.of("s3a://bucket/runs/a-1")).isEqualTo("s3a://bucket/runs/a-1");
    assertThat(ShellWord.of("a run")).isEqualTo("'a run'");
    assertThat(ShellWord.of("it's")).isEqualTo("'it'\\''s'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"runs/a", "my runs/a", "it's", "$HOME/a", "~/a", "a;b", "a*", "\"a\\", ""})
  void aShellTakesItForTheText(String text) throws IOException {
    Process shell = new ProcessBuilder("sh", "-c", "printf %s " + ShellWord.of(text)).start();
    assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(text);
  }
}
