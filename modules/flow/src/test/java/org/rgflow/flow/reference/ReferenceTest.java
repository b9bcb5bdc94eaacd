package org.rgflow.flow.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.flow.reference.ReferenceCheck.Line;

/** The numbers an independent implementation computed in float64; its README says what they are. */
class ReferenceTest {
  private static final List<String> FILES =
      List.of(
          "img5x5_dim1_hyper",
          "img6x4_dim1_static",
          "img6x6_k5_silu",
          "img6x6_replicate",
          "img6x6_softplus_nobias",
          "img6x6_zeros",
          "img7x7_stride3_laplace",
          "point1_dim1_hyper",
          "seq8_dim2_hyper",
          "vol4x4x4_dim1_hyper");

  /** Those of one, two and three axes that rounding troubles most. */
  private static final List<String> IN_FLOAT32 =
      List.of("img5x5_dim1_hyper", "img6x6_k5_silu", "seq8_dim2_hyper", "vol4x4x4_dim1_hyper");

  static Stream<Arguments> filesAndPrecisions() {
    return Stream.concat(
        FILES.stream().map(file -> Arguments.of(file, DataType.DOUBLE)),
        IN_FLOAT32.stream().map(file -> Arguments.of(file, DataType.FLOAT)));
  }

  @ParameterizedTest
  @MethodSource("filesAndPrecisions")
  void everyRecordedArrayIsReproduced(String file, DataType type) {
    Map<String, NpyArray> arrays = read(file);

    List<Line> lines = check(arrays, numbers(arrays), type).run();

    assertThat(lines).filteredOn(line -> !line.passes()).isEmpty();
    assertThat(lines).extracting(Line::name).containsAll(comparable(arrays));
  }

  @Test
  void aCorruptedWeightIsNoticedInDensitiesAndGradients() {
    Map<String, NpyArray> arrays = read("img6x4_dim1_static");
    Map<String, double[]> numbers = numbers(arrays);
    numbers.get("level1.conv0.weight")[0] += 0.01;

    List<Line> lines = check(arrays, numbers, DataType.DOUBLE).run();

    assertThat(lines)
        .filteredOn(line -> !line.passes())
        .extracting(Line::name)
        .contains(
            "encode.z",
            "encode.log_det",
            "log_prob.exact",
            "log_prob.hutchinson.euler_8",
            "nll.values",
            "nll.grad.level1.conv0.weight",
            "decode.x");
  }

  @Test
  void aResultThatIsNotANumberDoesNotPass() {
    assertThat(new Line("x", Double.NaN, 1).passes()).isFalse();
    assertThat(new Line("x", Double.POSITIVE_INFINITY, 1).passes()).isFalse();
  }

  @Test
  void aMissingWeightIsNamed() {
    Map<String, NpyArray> arrays = read("img6x4_dim1_static");
    Map<String, double[]> numbers = numbers(arrays);
    numbers.remove("level0.conv1.bias");

    assertThatThrownBy(() -> check(arrays, numbers, DataType.DOUBLE).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array level0.conv1.bias is missing");
  }

  @Test
  void aWeightOfAnotherSizeIsNamed() {
    Map<String, NpyArray> arrays = read("img6x4_dim1_static");
    Map<String, double[]> numbers = numbers(arrays);
    numbers.put("level0.conv1.bias", new double[7]);

    assertThatThrownBy(() -> check(arrays, numbers, DataType.DOUBLE).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("level0.conv1.bias must have 1 values, has 7");
  }

  private static ReferenceCheck check(
      Map<String, NpyArray> arrays, Map<String, double[]> numbers, DataType type) {
    String config = new String(arrays.get("config").bytes(), StandardCharsets.UTF_8);
    return new ReferenceCheck(numbers, config, type);
  }

  private static Map<String, NpyArray> read(String file) {
    String name = "/reference/" + file + ".npz";
    try (InputStream in = ReferenceTest.class.getResourceAsStream(name)) {
      return Npz.read(name, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, double[]> numbers(Map<String, NpyArray> arrays) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    arrays.forEach((name, array) -> numbers.put(name, array.doubles()));
    return numbers;
  }

  /** All but the model and its inputs. */
  private static List<String> comparable(Map<String, NpyArray> arrays) {
    return arrays.keySet().stream()
        .filter(name -> !name.matches("config|x|decode\\.z|level\\d+\\.(hyper|conv|probe).*"))
        .toList();
  }
}
