package org.rgflow.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class NpzTest {
  static byte[] written(Map<String, NpyArray> arrays) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npz.write(out, arrays);
    return out.toByteArray();
  }

  private static Map<String, NpyArray> read(byte[] bytes) {
    return Npz.read("a.npz", new ByteArrayInputStream(bytes));
  }

  private static Map<String, NpyArray> arrays() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("z", NpyArray.of(new double[] {1, 2}, 2));
    arrays.put("level0.mask", NpyArray.of(new byte[] {0, 1}, 1, 2));
    return arrays;
  }

  @Test
  void arraysComeBackInOrder() throws IOException {
    Map<String, NpyArray> back = read(written(arrays()));
    assertThat(back.keySet()).containsExactly("z", "level0.mask");
    assertThat(back.get("z").doubles()).containsExactly(1, 2);
    assertThat(back.get("level0.mask")).hasToString("uint8 (1, 2)");
  }

  @Test
  void equalArraysGiveEqualBytesInEveryTimeZone() throws IOException {
    byte[] here = written(arrays());
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      assertThat(written(arrays())).isEqualTo(here);
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void readsWhatNumPyWrote() throws IOException {
    try (InputStream in = NpzTest.class.getResourceAsStream("numpy.npz")) {
      Map<String, NpyArray> arrays = Npz.read("numpy.npz", in);
      assertThat(arrays.keySet()).containsExactly("x", "big", "fortran", "flags", "scalar");
      assertThat(arrays.get("x")).hasToString("float32 (2, 1, 3)");
      assertThat(arrays.get("x").floats()).containsExactly(0, 0.25f, 0.5f, 0.75f, 1, 1.25f);
      assertThat(arrays.get("big").doubles()).containsExactly(1.5, -2.25);
      assertThat(arrays.get("fortran").longs()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(arrays.get("flags").longs()).containsExactly(1, 0, 1);
      assertThat(arrays.get("scalar").shape()).isEmpty();
      assertThat(arrays.get("scalar").longs()).containsExactly(7);
    }
  }

  @Test
  void passesOverOtherFiles() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.putNextEntry(new ZipEntry("README"));
    zip.write(1);
    zip.putNextEntry(new ZipEntry("a.npy"));
    Npy.write(zip, NpyArray.of(new long[] {3}, 1));
    zip.close();
    assertThat(read(out.toByteArray())).containsOnlyKeys("a");
  }

  @Test
  void anArrayThatNobodyWantsMayBeOfAnyKind() throws IOException {
    ByteArrayOutputStream images = new ByteArrayOutputStream();
    Npy.write(images, NpyArray.of(new byte[] {1, 2, 3, 4}, 1, 1, 2, 2));
    byte[] names = images.toByteArray();
    // of strings, as NumPy has them
    System.arraycopy("'<U1'".getBytes(UTF_8), 0, names, indexOf(names, "'|u1'"), 5);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.putNextEntry(new ZipEntry("labels.npy"));
    zip.write(names);
    zip.putNextEntry(new ZipEntry("images.npy"));
    zip.write(images.toByteArray());
    zip.close();
    byte[] bytes = out.toByteArray();
    try (NpyReader found = Npz.openExamples("a.npz", new ByteArrayInputStream(bytes))) {
      assertThat(found.shape()).containsExactly(1, 1, 2, 2);
    }
    assertThatThrownBy(() -> read(bytes)).hasMessageStartingWith("a.npz[labels]: npy dtype ");
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, ISO_8859_1).indexOf(text);
  }

  @Test
  void refusesWhatIsNoZip() {
    assertThatThrownBy(() -> read(new byte[100]))
        .isInstanceOf(DataException.class)
        .hasMessage("a.npz: holds no array; allowed: a zip of .npy files");
  }

  @Test
  void namesTheArrayThatIsDamaged() throws IOException {
    byte[] bytes = written(Map.of("weights", NpyArray.of(new double[100], 100)));
    bytes[300] ^= 1;
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("a.npz[weights]: cannot be read: invalid entry CRC");
    byte[] header = written(Map.of("weights", NpyArray.of(new double[100], 100)));
    // the first byte after the zip entry's own header of 30 bytes and its name
    header[30 + "weights.npy".length()] ^= 1;
    assertThatThrownBy(() -> read(header))
        .hasMessage(
            "a.npz[weights]: not an npy array; allowed: a file that starts with \\x93NUMPY");
  }
}
