package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NpyTest {
  static byte[] written(NpyArray array) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, array);
    return out.toByteArray();
  }

  static NpyArray read(byte[] bytes) {
    return Npy.read("a.npy", new ByteArrayInputStream(bytes));
  }

  private static NpyReader open(byte[] bytes) {
    return NpyReader.open("a.npy", new ByteArrayInputStream(bytes));
  }

  /** A version 1.0 file with a header of our own. */
  private static byte[] file(String header, int... elements) {
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(text.length);
    out.write(text.length >>> 8);
    out.writeBytes(text);
    for (int element : elements) {
      out.write(element);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(NpyArray.Type.class)
  void everyTypeComesBack(NpyArray.Type type) throws IOException {
    byte[] bytes = new byte[6 * type.bytes()];
    for (int i = 0; i < 6; i++) {
      // small positive numbers in every type: the low byte of an integer, the high one of a float
      bytes[i * type.bytes() + (type.isFloating() ? type.bytes() - 1 : 0)] = 0x3f;
    }
    NpyArray array = new NpyArray(type, new int[] {2, 3}, bytes);
    NpyArray back = read(written(array));
    assertThat(back.type()).isEqualTo(type);
    assertThat(back.shape()).containsExactly(2, 3);
    assertThat(back.size()).isEqualTo(6);
    assertThat(back.littleEndian()).isEqualTo(bytes);
  }

  @Test
  void numbersComeBackFromTheirFactories() throws IOException {
    assertThat(read(written(NpyArray.of(new float[] {1.5f, -2, Float.NaN}, 3))).floats())
        .containsExactly(1.5f, -2, Float.NaN);
    assertThat(read(written(NpyArray.of(new double[] {Math.PI, -1e300}, 1, 2))).doubles())
        .containsExactly(Math.PI, -1e300);
    assertThat(read(written(NpyArray.of(new long[] {Long.MIN_VALUE, 7}, 2))).longs())
        .containsExactly(Long.MIN_VALUE, 7);
    assertThat(read(written(NpyArray.of(new byte[] {0, (byte) 200}, 2))).bytes())
        .containsExactly(0, 200);
    assertThat(read(written(NpyArray.of(new double[] {4})))).hasToString("float64 ()");
  }

  @Test
  void convertsBetweenTypes() {
    NpyArray pixels = NpyArray.of(new byte[] {0, (byte) 200}, 2);
    assertThat(pixels.floats()).containsExactly(0, 200);
    assertThat(pixels.doubles()).containsExactly(0, 200);
    assertThat(pixels.longs()).containsExactly(0, 200);
    NpyArray signed = new NpyArray(NpyArray.Type.INT8, new int[] {1}, new byte[] {(byte) 200});
    assertThat(signed.longs()).containsExactly(-56);
    NpyArray flags = new NpyArray(NpyArray.Type.BOOL, new int[] {2}, new byte[] {0, 1});
    assertThat(flags.longs()).containsExactly(0, 1);
    NpyArray shorts = new NpyArray(NpyArray.Type.INT16, new int[] {1}, new byte[] {0, -1});
    assertThat(shorts.longs()).containsExactly(-256);
    NpyArray ints = new NpyArray(NpyArray.Type.INT32, new int[] {1}, new byte[] {1, 0, 0, 1});
    assertThat(ints.doubles()).containsExactly(16777217);
    assertThat(NpyArray.of(new double[] {0.1}, 1).floats()).containsExactly(0.1f);
    assertThat(NpyArray.of(new float[] {0.1f}, 1).doubles()).containsExactly(0.1f);
    // 2^53 - 1 would be rounded on a way through float
    assertThat(NpyArray.of(new long[] {(1L << 53) - 1}, 1).doubles()).containsExactly(0x1p53 - 1);
  }

  @Test
  void refusesConversionsThatLose() {
    assertThatThrownBy(() -> NpyArray.of(new float[] {1}, 1).longs())
        .isInstanceOf(DataException.class)
        .hasMessage("npy float32 (1,) asked for integers; allowed: integers and booleans");
    assertThatThrownBy(() -> NpyArray.of(new long[] {1}, 1).bytes())
        .hasMessage("npy int64 (1,) asked for bytes; allowed: uint8, int8 and bool");
  }

  @Test
  void refusesElementsThatDoNotFillTheShape() {
    assertThatThrownBy(() -> NpyArray.of(new float[5], 2, 3))
        .isInstanceOf(DataException.class)
        .hasMessage("npy shape (2, 3) was given 5 elements; allowed: 6");
    assertThatThrownBy(() -> NpyArray.of(new float[6], -2, -3))
        .hasMessage("npy shape (-2, -3); allowed: no negative axis");
  }

  @Test
  void writesTheHeaderNumPyWrites() throws IOException {
    byte[] bytes = written(NpyArray.of(new float[6], 2, 3));
    assertThat(bytes).hasSize(128 + 24);
    assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  ")
        .endsWith(" \n");
  }

  @Test
  void readsBigEndianInFortranOrderAsNumPyWroteIt() throws IOException {
    try (InputStream in = NpyTest.class.getResourceAsStream("fortran.npy")) {
      NpyArray array = Npy.read("fortran.npy", in);
      assertThat(array).hasToString("int32 (2, 3, 4)");
      assertThat(array.longs()).containsExactly(LongStream.range(0, 24).toArray());
    }
  }

  @Test
  void readsVersionTwo() throws IOException {
    byte[] one = written(NpyArray.of(new long[] {5}, 1));
    byte[] two = new byte[one.length + 2];
    System.arraycopy(one, 0, two, 0, 10);
    System.arraycopy(one, 10, two, 12, one.length - 10);
    two[6] = 2;
    assertThat(read(two).longs()).containsExactly(5);
  }

  @Test
  void readerGivesSliceAfterSlice() throws IOException {
    byte[] bytes = written(NpyArray.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2));
    try (NpyReader reader = open(bytes)) {
      assertThat(reader.type()).isEqualTo(NpyArray.Type.FLOAT64);
      assertThat(reader.shape()).containsExactly(3, 2);
      assertThat(reader.count()).isEqualTo(3);
      NpyArray first = reader.next();
      assertThat(first.shape()).containsExactly(2);
      assertThat(first.doubles()).containsExactly(1, 2);
      reader.skip(1);
      assertThat(reader.next().doubles()).containsExactly(5, 6);
      assertThat(reader.hasNext()).isFalse();
      assertThatThrownBy(reader::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("a.npy: all 3 examples are read");
    }
  }

  @Test
  void readerTurnsFortranOrderRound() {
    NpyReader reader =
        NpyReader.open("fortran.npy", NpyTest.class.getResourceAsStream("fortran.npy"));
    reader.skip(1);
    assertThat(reader.next().longs()).containsExactly(LongStream.range(12, 24).toArray());
  }

  @Test
  void readerTurnsBigEndianRound() {
    NpyReader reader =
        open(
            file(
                "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2), }",
                1,
                0,
                0,
                2,
                0,
                3,
                0,
                4));
    assertThat(reader.next().longs()).containsExactly(256, 2);
    assertThat(reader.next().longs()).containsExactly(3, 4);
  }

  @Test
  void readerSaysWhereTheFileEnds() throws IOException {
    byte[] bytes = written(NpyArray.of(new double[6], 3, 2));
    NpyReader reader = open(Arrays.copyOf(bytes, bytes.length - 20));
    reader.next();
    assertThatThrownBy(reader::next)
        .isInstanceOf(DataException.class)
        .hasMessage("a.npy: truncated at example 1 of 3");
    assertThatThrownBy(() -> open(Arrays.copyOf(bytes, bytes.length - 20)).skip(3))
        .hasMessage("a.npy: truncated at an example before 3 of 3");
  }

  @Test
  void readerRefusesWhatFollowsTheLastSlice() throws IOException {
    byte[] bytes = written(NpyArray.of(new byte[2], 2, 1));
    NpyReader reader = open(Arrays.copyOf(bytes, bytes.length + 1));
    reader.next();
    assertThatThrownBy(reader::next)
        .hasMessage(
            "a.npy: holds more bytes than its header says; allowed: none after the last example");
  }

  @Test
  void readerRefusesToSkipPastTheEnd() throws IOException {
    NpyReader reader = open(written(NpyArray.of(new byte[2], 2, 1)));
    assertThatThrownBy(() -> reader.skip(3)).hasMessage("a.npy: skip must be in [0, 2], was 3");
    assertThatThrownBy(() -> reader.skip(-1)).hasMessage("a.npy: skip must be in [0, 2], was -1");
  }

  @Test
  void readerRefusesASingleNumber() throws IOException {
    byte[] bytes = written(NpyArray.of(new byte[1]));
    assertThatThrownBy(() -> open(bytes))
        .hasMessage("a.npy: npy shape () has no axis of examples; allowed: at least one axis");
  }

  @Test
  void saysHowTheHeaderIsWrong() {
    assertThatThrownBy(() -> read(new byte[20]))
        .isInstanceOf(DataException.class)
        .hasMessage("a.npy: not an npy array; allowed: a file that starts with \\x93NUMPY");
    assertThatThrownBy(() -> read(new byte[3])).hasMessage("a.npy: truncated at its header");
    byte[] version = file("");
    version[6] = 9;
    assertThatThrownBy(() -> read(version)).hasMessage("a.npy: npy version 9; allowed: 1, 2 or 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), };"
            + "npy dtype c8; allowed: float32, float64, int8, uint8, int16, int32, int64, bool",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), };"
            + "npy header {'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), };",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3000000000,), };"
            + "npy shape (3000000000,); allowed: axes of at most 2147483647",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000, 2000000000, 9), };"
            + "npy shape (2000000000, 2000000000, 9); allowed: fewer than 2^63 bytes",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000,), };"
            + "npy shape (2000000000,) takes 16000000000 bytes; allowed when read as a whole:",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (100000000,), };"
            + "truncated at its elements, which take 800000000 bytes"
      })
  void saysWhatItCannotHold(String header, String message) {
    assertThatThrownBy(() -> read(file(header)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("a.npy: " + message);
  }
}
