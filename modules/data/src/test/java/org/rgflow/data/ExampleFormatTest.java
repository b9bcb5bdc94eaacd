package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleFormatTest {
  /** Counts how often it is closed. */
  private static InputStream closing(byte[] bytes, AtomicInteger closed) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public void close() throws IOException {
        closed.incrementAndGet();
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "train-images-idx3-ubyte, IDX",
    "train-images.idx3-ubyte, IDX",
    "digits.idx, IDX",
    "hdfs://host/train-images-idx3-ubyte.gz, IDX_GZ",
    "digits.idx.gz, IDX_GZ",
    "cat.png, PNG",
    "CAT.PNG, PNG",
    "cat.jpg, JPEG",
    "cat.jpeg, JPEG",
    "x.npy, NPY",
    "x.npz, NPZ",
    "cifar-10-batches-bin/data_batch_1.bin, CIFAR"
  })
  void nameTellsTheFormat(String fileName, ExampleFormat format) {
    assertThat(ExampleFormat.of(fileName)).contains(format);
    assertThat(ExampleFormat.require(fileName)).isEqualTo(format);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat.txt", "png", "x.npy.gz", "_SUCCESS", ""})
  void otherNamesTellNone(String fileName) {
    assertThat(ExampleFormat.of(fileName)).isEmpty();
  }

  @Test
  void requiredFormatNamesTheFileAndTheKnownOnes() {
    assertThatThrownBy(() -> ExampleFormat.require("cat.txt"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "cat.txt: not a known format; allowed: idx, idx.gz, png, jpg, jpeg, npy, npz, bin");
  }

  @Test
  void channelsAreOneThreeOrTheFiles() {
    assertThatThrownBy(
            () -> ExampleFormat.PNG.open("cat.png", new ByteArrayInputStream(new byte[0]), 2))
        .isInstanceOf(DataException.class)
        .hasMessage("cat.png: channels must be 0, 1 or 3, was 2");
  }

  @ParameterizedTest
  @CsvSource({"IDX", "IDX_GZ", "NPY", "NPZ"})
  void closesTheStreamIfTheHeaderIsWrong(ExampleFormat format) {
    AtomicInteger closed = new AtomicInteger();
    assertThatThrownBy(() -> format.open("a", closing(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, closed)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("a: ");
    assertThat(closed).hasPositiveValue();
  }

  @Test
  void closesTheStreamWithTheReader() throws IOException {
    AtomicInteger closed = new AtomicInteger();
    byte[] bytes = NpyTest.written(NpyArray.of(new byte[4], 1, 2, 2));
    ExampleFormat.NPY.open("a.npy", closing(bytes, closed)).close();
    assertThat(closed).hasPositiveValue();
  }

  @Test
  void wrapsAFailureOfTheStream() {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }
        };
    assertThatThrownBy(() -> ExampleFormat.IDX.open("a.idx", failing))
        .isInstanceOf(DataException.class)
        .hasMessage("a.idx: cannot be read: connection reset")
        .hasCauseInstanceOf(IOException.class);
  }
}
