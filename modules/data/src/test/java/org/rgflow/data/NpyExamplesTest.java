package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NpyExamplesTest {
  private static ExampleReader npy(NpyArray array) throws IOException {
    return ExampleFormat.NPY.open("a.npy", new ByteArrayInputStream(NpyTest.written(array)));
  }

  private static ExampleReader npz(Object... namesAndArrays) throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (int i = 0; i < namesAndArrays.length; i += 2) {
      arrays.put((String) namesAndArrays[i], (NpyArray) namesAndArrays[i + 1]);
    }
    return ExampleFormat.NPZ.open("a.npz", new ByteArrayInputStream(NpzTest.written(arrays)));
  }

  private static NpyArray pixels(int value, int... shape) {
    byte[] bytes = new byte[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.fill(bytes, (byte) value);
    return NpyArray.of(bytes, shape);
  }

  @Test
  void bytesArePixels() throws IOException {
    ExampleReader reader =
        npy(NpyArray.of(new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) 200}, 2, 2, 1, 2));
    assertThat(reader.count()).isEqualTo(2);
    reader.skip(1);
    Example example = reader.next();
    assertThat(example.isPixels()).isTrue();
    assertThat(example.values()).isNull();
    assertThat(example.key()).isEqualTo("a.npy#1");
    assertThat(example.geometry()).hasToString("2x1x2");
    assertThat(example.pixels()).containsExactly(5, 6, 7, 200);
    assertThat(reader.hasNext()).isFalse();
  }

  @Test
  void bytesOfThreeAxesAreGrayImages() throws IOException {
    assertThat(npy(pixels(7, 4, 2, 3)).next().geometry()).hasToString("1x2x3");
  }

  @Test
  void bytesOfImagesMayHaveTheirChannelsLast() throws IOException {
    byte[] bytes = new byte[2 * 5 * 6 * 3];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (10 * (i % 3) + i / 90);
    }
    ExampleReader reader = npy(NpyArray.of(bytes, 2, 5, 6, 3));
    reader.skip(1);
    Example second = reader.next();
    assertThat(second.geometry()).hasToString("3x5x6");
    byte[] planar = new byte[90];
    Arrays.fill(planar, 0, 30, (byte) 1);
    Arrays.fill(planar, 30, 60, (byte) 11);
    Arrays.fill(planar, 60, 90, (byte) 21);
    assertThat(second.pixels()).isEqualTo(planar);
    assertThat(npz("images", pixels(3, 2, 28, 28, 1)).next().geometry()).hasToString("1x28x28");
    assertThat(npy(pixels(3, 2, 8, 9, 4)).next().geometry()).hasToString("4x8x9");
  }

  @Test
  void channelsAreFirstWhereBothCouldBe() throws IOException {
    assertThat(npy(pixels(3, 2, 3, 8, 3)).next().geometry()).hasToString("3x8x3");
    assertThat(npy(pixels(3, 2, 8, 4, 4)).next().geometry()).hasToString("8x4x4");
    assertThat(npy(pixels(3, 2, 16, 8, 2)).next().geometry()).hasToString("16x8x2");
    assertThat(npy(NpyArray.of(new float[75], 1, 5, 5, 3)).next().geometry()).hasToString("5x5x3");
  }

  @Test
  void otherNumbersAreValuesOfOneToThreeGridAxes() throws IOException {
    Example sequence = npy(NpyArray.of(new double[] {0.5, -1, 2, 3}, 1, 2, 2)).next();
    assertThat(sequence.isPixels()).isFalse();
    assertThat(sequence.pixels()).isNull();
    assertThat(sequence.geometry()).hasToString("2x2");
    assertThat(sequence.values()).containsExactly(0.5f, -1, 2, 3);
    assertThat(npy(NpyArray.of(new long[16], 2, 1, 2, 2, 2)).next().geometry())
        .hasToString("1x2x2x2");
  }

  @Test
  void refusesOtherNumbersOfAxes() {
    assertThatThrownBy(() -> npy(NpyArray.of(new float[4], 2, 2)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "a.npy: npy shape (2, 2); allowed: (N, C, *grid) with 1 to 3 grid axes,"
                + " or (N, H, W) of uint8");
    assertThatThrownBy(() -> npy(NpyArray.of(new float[1], 1, 1, 1, 1, 1, 1)))
        .hasMessageStartingWith("a.npy: npy shape (1, 1, 1, 1, 1, 1); allowed:");
  }

  @Test
  void namesThePlaceOfANumberThatIsNotFinite() throws IOException {
    ExampleReader reader =
        npy(NpyArray.of(new float[] {0, 1, 2, Float.NaN, Float.NEGATIVE_INFINITY, 0}, 3, 1, 2));
    reader.next();
    assertThatThrownBy(reader::next)
        .isInstanceOf(DataException.class)
        .hasMessage("a.npy: example 1 has NaN at position 1; allowed: finite float32 values");
    assertThatThrownBy(reader::next)
        .hasMessage("a.npy: example 2 has -Infinity at position 0; allowed: finite float32 values");
    ExampleReader overflow = npz("x", NpyArray.of(new double[] {1e300}, 1, 1, 1));
    assertThatThrownBy(overflow::next)
        .hasMessage("a.npz: example 0 has Infinity at position 0; allowed: finite float32 values");
  }

  @Test
  void takesTheArrayNamedXFirst() throws IOException {
    try (ExampleReader reader =
        npz("images", pixels(1, 1, 2, 2), "x", pixels(2, 3, 2, 2), "y", pixels(3, 3))) {
      assertThat(reader.count()).isEqualTo(3);
      Example example = reader.next();
      assertThat(example.key()).isEqualTo("a.npz#0");
      assertThat(example.pixels()).containsOnly(2);
      reader.skip(1);
      assertThat(reader.next().key()).isEqualTo("a.npz#2");
    }
  }

  @Test
  void takesTheArrayNamedImagesNext() throws IOException {
    ExampleReader reader = npz("labels", pixels(1, 5), "images", pixels(2, 5, 2, 2));
    assertThat(reader.count()).isEqualTo(5);
    assertThat(reader.next().pixels()).containsOnly(2);
  }

  @Test
  void takesTheOnlyArray() throws IOException {
    assertThat(npz("digits", pixels(4, 5, 2, 2)).next().pixels()).containsOnly(4);
  }

  @Test
  void refusesToChooseAmongOthers() {
    assertThatThrownBy(() -> npz("u", pixels(1, 1, 2, 2), "v", pixels(1, 1, 2, 2)))
        .isInstanceOf(DataException.class)
        .hasMessage("a.npz: arrays [u, v]; allowed: x, images, or a single array");
  }
}
