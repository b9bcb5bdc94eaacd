package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CifarExamplesTest {
  private static final int PIXELS = 3 * 32 * 32;

  /** Records whose pixel i is i plus the record's number, as bytes. */
  private static byte[] batch(int count, int... labels) {
    int record = labels.length + PIXELS;
    byte[] bytes = new byte[count * record];
    for (int n = 0; n < count; n++) {
      for (int i = 0; i < labels.length; i++) {
        bytes[n * record + i] = (byte) labels[i];
      }
      for (int i = 0; i < PIXELS; i++) {
        bytes[n * record + labels.length + i] = (byte) (i + n);
      }
    }
    return bytes;
  }

  private static ExampleReader open(byte[] bytes, long length) {
    return ExampleFormat.CIFAR.open("b.bin", new ByteArrayInputStream(bytes), 0, () -> length);
  }

  private static ExampleReader open(byte[] bytes) {
    return open(bytes, bytes.length);
  }

  @Test
  void readsPlanesOfCifar10InOrder() {
    try (ExampleReader reader = open(batch(4, 9))) {
      assertThat(reader.count()).isEqualTo(4);
      Example first = reader.next();
      assertThat(first.key()).isEqualTo("b.bin#0");
      assertThat(first.geometry()).hasToString("3x32x32");
      assertThat(first.pixels()[1025]).isEqualTo((byte) 1025);
      assertThat(first.label()).isEqualTo("9");
      reader.skip(2);
      Example last = reader.next();
      assertThat(last.key()).isEqualTo("b.bin#3");
      assertThat(last.pixels()[PIXELS - 1]).isEqualTo((byte) (PIXELS + 2));
      assertThat(reader.hasNext()).isFalse();
    }
  }

  @Test
  void theLengthTellsCifar100WithItsTwoLabels() {
    ExampleReader reader = open(batch(3, 19, 99));
    assertThat(reader.count()).isEqualTo(3);
    assertThat(reader.next().pixels()).startsWith(0, 1, 2);
    Example second = reader.next();
    assertThat(second.pixels()).startsWith(1, 2, 3);
    assertThat(second.label()).isEqualTo("99");
  }

  @Test
  void refusesALengthOfNoWholeRecords() {
    byte[] cut = Arrays.copyOf(batch(2, 0), 2 * 3073 - 1);
    assertThatThrownBy(() -> open(cut))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "b.bin: 6145 bytes; allowed: whole records of 3073 bytes (CIFAR-10) or 3074 (CIFAR-100)");
    assertThatThrownBy(() -> open(new byte[0])).hasMessageStartingWith("b.bin: 0 bytes; allowed:");
  }

  @Test
  void saysAtWhichImageTheFileEnds() {
    byte[] bytes = batch(2, 0);
    ExampleReader cut = open(Arrays.copyOf(bytes, bytes.length - 1), bytes.length);
    cut.skip(1);
    assertThatThrownBy(cut::next)
        .isInstanceOf(DataException.class)
        .hasMessage("b.bin: truncated at image 1 of 2");
  }

  @Test
  void refusesLabelsThatNoCifarHas() {
    assertThatThrownBy(() -> open(batch(1, 10)).next())
        .isInstanceOf(DataException.class)
        .hasMessage("b.bin: label 10 of image 0; allowed: 0 to 9 of CIFAR-10");
    assertThatThrownBy(() -> open(batch(1, 19, 100)).next())
        .isInstanceOf(DataException.class)
        .hasMessage("b.bin: label 100 of image 0; allowed: 0 to 99 of CIFAR-100");
  }

  @Test
  void needsTheLength() {
    assertThatThrownBy(
            () -> ExampleFormat.CIFAR.open("b.bin", new ByteArrayInputStream(batch(1, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("b.bin: its length must be given");
  }
}
