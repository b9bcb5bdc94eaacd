package org.rgflow.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CheckpointUploadTest {
  private final List<String> written = new ArrayList<>();
  private final CountDownLatch storageAnswers = new CountDownLatch(1);

  private String write(String path) {
    try {
      storageAnswers.await();
      return path;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private CheckpointUpload upload() {
    return new CheckpointUpload((round, path) -> written.add(round + " at " + path));
  }

  @Test
  void roundsGoOnWhileStorageIsSlow() {
    try (CheckpointUpload upload = upload()) {
      upload.begin(1, () -> write("a"));
      assertThat(written).isEmpty(); // and this thread is here, not in storage
      storageAnswers.countDown();
    }
    assertThat(written).containsExactly("1 at a");
  }

  @Test
  void checkpointsAreWrittenOneAfterTheOther() {
    storageAnswers.countDown();
    try (CheckpointUpload upload = upload()) {
      upload.begin(1, () -> write("a"));
      upload.begin(2, () -> write("b"));
      assertThat(written).containsExactly("1 at a");
    }
    assertThat(written).containsExactly("1 at a", "2 at b");
  }

  @Test
  void aFailureIsThrownWhereTheNextBegins() {
    CheckpointUpload upload = upload();
    upload.begin(1, () -> fail("disk full"));
    assertThatThrownBy(() -> upload.begin(2, () -> write("b")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("disk full");
    upload.close();
    assertThat(written).isEmpty();
  }

  @Test
  void aFailureOfTheLastIsThrownAtTheEnd() {
    CheckpointUpload upload = upload();
    upload.begin(1, () -> fail("disk full"));
    assertThatThrownBy(upload::close).hasMessage("disk full");
  }

  @Test
  void anotherFailureIsNotHiddenByIt() {
    assertThatThrownBy(
            () -> {
              try (CheckpointUpload upload = upload()) {
                upload.begin(1, () -> fail("disk full"));
                throw new IllegalStateException("diverged");
              }
            })
        .hasMessage("diverged")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("disk full"));
  }

  private static String fail(String message) {
    throw new UncheckedIOException(message, new IOException());
  }
}
