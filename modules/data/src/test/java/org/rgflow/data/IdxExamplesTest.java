package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class IdxExamplesTest {
  /** A file whose element i is i. */
  private static byte[] idx(int type, int... axes) {
    int elements = Arrays.stream(axes).reduce(1, (a, b) -> a * b);
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * axes.length + elements);
    buffer.put((byte) 0).put((byte) 0).put((byte) type).put((byte) axes.length);
    Arrays.stream(axes).forEach(buffer::putInt);
    for (int i = 0; i < elements; i++) {
      buffer.put((byte) i);
    }
    return buffer.array();
  }

  private static ExampleReader open(byte[] bytes) {
    return ExampleFormat.IDX.open("t-idx3-ubyte", new ByteArrayInputStream(bytes));
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static ExampleReader openZipped(byte[] bytes) {
    return ExampleFormat.IDX_GZ.open("t.gz", new ByteArrayInputStream(bytes));
  }

  @Test
  void readsGrayImagesInOrder() {
    try (ExampleReader reader = open(idx(8, 3, 2, 2))) {
      assertThat(reader.count()).isEqualTo(3);
      Example first = reader.next();
      assertThat(first.key()).isEqualTo("t-idx3-ubyte#0");
      assertThat(first.geometry()).hasToString("1x2x2");
      assertThat(first.pixels()).containsExactly(0, 1, 2, 3);
      reader.skip(1);
      Example last = reader.next();
      assertThat(last.key()).isEqualTo("t-idx3-ubyte#2");
      assertThat(last.pixels()).containsExactly(8, 9, 10, 11);
      assertThat(reader.hasNext()).isFalse();
      assertThatThrownBy(reader::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("t-idx3-ubyte: all 3 examples are read");
    }
  }

  @Test
  void labelsAreAFileOfTheirOwn() throws IOException {
    byte[] labels = idx(8, 200);
    assertThat(ExampleFormat.labels("t-idx1-ubyte", new ByteArrayInputStream(labels)))
        .hasSize(200)
        .startsWith(0, 1, 2)
        .endsWith(198, 199);
    assertThat(ExampleFormat.labels("t-idx1-ubyte.gz", new ByteArrayInputStream(zipped(idx(8, 3)))))
        .containsExactly(0, 1, 2);
    assertThatThrownBy(
            () ->
                ExampleFormat.labels(
                    "t-idx1-ubyte", new ByteArrayInputStream(Arrays.copyOf(labels, 100))))
        .hasMessage("t-idx1-ubyte: truncated at its 200 labels");
    assertThatThrownBy(
            () -> ExampleFormat.labels("t-idx1-ubyte", new ByteArrayInputStream(idx(8, 1, 2, 2))))
        .hasMessage("t-idx1-ubyte: IDX with 3 axes; allowed: one, of labels");
  }

  @Test
  void theNameOfImagesTellsThatOfTheirLabels() {
    assertThat(ExampleFormat.labelsOf("t10k-images-idx3-ubyte.gz"))
        .hasValue("t10k-labels-idx1-ubyte.gz");
    assertThat(ExampleFormat.labelsOf("train-images.idx4-ubyte"))
        .hasValue("train-labels.idx1-ubyte");
    assertThat(ExampleFormat.labelsOf("digits.idx")).isEmpty();
    assertThat(ExampleFormat.labelsOf("images.png")).isEmpty();
  }

  @Test
  void turnsColourImagesToPlanes() {
    Example example = open(idx(8, 1, 1, 2, 3)).next();
    assertThat(example.geometry()).hasToString("3x1x2");
    assertThat(example.pixels()).containsExactly(0, 3, 1, 4, 2, 5);
  }

  @Test
  void readsGzip() throws IOException {
    ExampleReader reader = openZipped(zipped(idx(8, 2, 2, 2)));
    reader.skip(1);
    assertThat(reader.next().pixels()).containsExactly(4, 5, 6, 7);
  }

  @Test
  void saysAtWhichImageTheFileEnds() throws IOException {
    byte[] bytes = idx(8, 5, 2, 2);
    ExampleReader plain = open(Arrays.copyOf(bytes, bytes.length - 6));
    plain.skip(3);
    assertThatThrownBy(plain::next)
        .isInstanceOf(DataException.class)
        .hasMessage("t-idx3-ubyte: truncated at image 3 of 5");
    ExampleReader zipped = openZipped(zipped(Arrays.copyOf(bytes, bytes.length - 6)));
    zipped.skip(3);
    assertThatThrownBy(zipped::next).hasMessage("t.gz: truncated at image 3 of 5");
    assertThatThrownBy(() -> open(Arrays.copyOf(bytes, bytes.length - 6)).skip(4))
        .hasMessage("t-idx3-ubyte: truncated at an image before 4 of 5");
  }

  @Test
  void saysThatTheHeaderEnds() {
    assertThatThrownBy(() -> open(new byte[] {0, 0, 8, 3, 0}))
        .isInstanceOf(DataException.class)
        .hasMessage("t-idx3-ubyte: truncated at its header");
    assertThatThrownBy(() -> openZipped(new byte[0])).hasMessage("t.gz: truncated at its header");
  }

  @Test
  void comparesTheChecksumOfGzip() throws IOException {
    byte[] bytes = zipped(idx(8, 1, 2, 2));
    // the last eight bytes are checksum and length
    bytes[bytes.length - 8] ^= 1;
    assertThatThrownBy(() -> openZipped(bytes).next())
        .isInstanceOf(DataException.class)
        .hasMessage("t.gz: cannot be read: Corrupt GZIP trailer");
    byte[] cut = Arrays.copyOf(zipped(idx(8, 1, 2, 2)), bytes.length - 2);
    assertThatThrownBy(() -> openZipped(cut).next()).hasMessage("t.gz: truncated at its end");
  }

  @Test
  void refusesWhatIsNotGzip() {
    assertThatThrownBy(() -> openZipped(idx(8, 1, 2, 2)))
        .isInstanceOf(DataException.class)
        .hasMessage("t.gz: cannot be read: Not in GZIP format");
  }

  @Test
  void refusesLabels() {
    assertThatThrownBy(() -> open(idx(8, 10)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "t-idx3-ubyte: holds labels (one axis), not images; allowed: axes N,H,W or N,H,W,C");
  }

  @Test
  void refusesOtherHeaders() {
    assertThatThrownBy(() -> open(new byte[] {'P', 'K', 8, 3}))
        .isInstanceOf(DataException.class)
        .hasMessage("t-idx3-ubyte: not an IDX file, starts with 504b; allowed: 0000");
    assertThatThrownBy(() -> open(idx(0x0d, 1, 2, 2)))
        .hasMessage("t-idx3-ubyte: IDX type 0x0d; allowed: 0x08 (uint8)");
    assertThatThrownBy(() -> open(idx(8, 1, 2)))
        .hasMessage("t-idx3-ubyte: IDX with 2 axes; allowed: axes N,H,W or N,H,W,C");
    assertThatThrownBy(() -> open(idx(8, 1, 2, 2, 2)))
        .hasMessage("t-idx3-ubyte: IDX with 2 channels; allowed: 1 or 3");
    assertThatThrownBy(() -> open(idx(8, 1, 0, 2)))
        .hasMessage("t-idx3-ubyte: shape 1x0x2 has 0; allowed: at least 1");
    assertThatThrownBy(() -> open(new byte[] {0, 0, 8, 3, -1, -1, -1, -1, 0, 0, 0, 1, 0, 0, 0, 1}))
        .hasMessage("t-idx3-ubyte: IDX with -1 images; allowed: at least 0");
  }

  @Test
  void refusesWhatFollowsTheLastImage() {
    byte[] bytes = idx(8, 1, 2, 2);
    assertThatThrownBy(() -> open(Arrays.copyOf(bytes, bytes.length + 1)).next())
        .isInstanceOf(DataException.class)
        .hasMessage(
            "t-idx3-ubyte: holds more bytes than its header says;"
                + " allowed: none after the last example");
  }

  @Test
  void refusesToSkipPastTheEnd() {
    assertThatThrownBy(() -> open(idx(8, 3, 2, 2)).skip(4))
        .isInstanceOf(DataException.class)
        .hasMessage("t-idx3-ubyte: skip must be in [0, 3], was 4");
  }
}
