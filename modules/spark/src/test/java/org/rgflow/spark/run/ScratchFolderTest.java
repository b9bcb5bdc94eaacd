package org.rgflow.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.rgflow.spark.files.Content;

class ScratchFolderTest {
  @Test
  void whatIsKeptIsAsItWasAndGoesInTheEnd() throws IOException {
    byte[] bytes = {1, 2, 3};
    Content kept;
    try (ScratchFolder scratch = new ScratchFolder()) {
      kept = scratch.keep("file", Content.of(bytes));
      bytes[0] = 9;
      for (int time = 0; time < 2; time++) {
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        kept.writeTo(again);
        assertThat(again.toByteArray()).containsExactly(1, 2, 3);
      }
    }
    NoSuchFileException gone =
        catchThrowableOfType(
            NoSuchFileException.class, () -> kept.writeTo(OutputStream.nullOutputStream()));
    assertThat(Path.of(gone.getFile()).getParent()).doesNotExist();
  }

  @Test
  void aDiskThatIsFullIsNamedWithTheKeyThatMovesIt() {
    try (ScratchFolder scratch = new ScratchFolder()) {
      Content tooLarge =
          out -> {
            throw new IOException("No space left on device");
          };
      assertThatThrownBy(() -> scratch.keep("file", tooLarge))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageMatching(".*rgflow-.*/file [(]spark.local.dir[)]: could not be written")
          .hasRootCauseMessage("No space left on device");
    }
  }
}
