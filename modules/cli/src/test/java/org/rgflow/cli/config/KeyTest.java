package org.rgflow.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.velocity.DivergenceConfig;

class KeyTest {
  static List<Key<?>> keys() {
    return Keys.all();
  }

  /** YAML takes the quotes off an empty text, a key does not. */
  static List<Key<?>> keysWithDefaults() {
    return Keys.all().stream().filter(key -> !key.fallback().equals("")).toList();
  }

  @ParameterizedTest
  @MethodSource("keysWithDefaults")
  <T> void readsItsOwnDefaultBack(Key<T> key) {
    assertThat(key.read(key.write(key.fallback()))).isEqualTo(key.fallback());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void saysItsMeaningInOneSentence(Key<?> key) {
    assertThat(key.meaning()).matches("[A-Z].*[.]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train.batch        | 0         | train.batch must be in [1, 65536], was 0
          train.batch        | 65537     | train.batch must be in [1, 65536], was 65537
          train.batch        | many      | train.batch must be an integer in [1, 65536], was many
          train.batch        | 6.5       | train.batch must be an integer in [1, 65536], was 6.5
          model.kernel       | 4         | model.kernel must be an odd integer in [1, 15], was 4
          model.hidden       | [32, 0]   | model.hidden must be in [1, 4096], was [32, 0]
          model.hidden       | 32,wide   | model.hidden must be a list of integers in [1, 4096], was 32,wide
          model.bias         | yes       | model.bias must be one of true, false, was yes
          solver.method      | rk5       | solver.method must be one of euler, midpoint, heun, rk4, rk4-38, bosh3, dopri5, was rk5
          solver.rtol        | 0         | solver.rtol must be in (0, 1), was 0
          solver.rtol        | NaN       | solver.rtol must be in (0, 1), was NaN
          train.clipNorm     | -1        | train.clipNorm must be in [0, inf), was -1
          train.clipNorm     | Infinity  | train.clipNorm must be in [0, inf), was Infinity
          train.cotangentLimit | -1      | train.cotangentLimit must be in [0, inf), was -1
          train.dtype        | float16   | train.dtype must be one of float32, float64, was float16
          data.channels      | 2         | data.channels must be one of 0, 1, 3, was 2
          train.seed         | 1e3       | train.seed must be an integer of 64 bits, was 1e3
          """)
  void refusesWhatIsNotAllowed(String key, String text, String message) {
    assertThatThrownBy(() -> Keys.named(key).read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void writesEnumsInKebabCase() {
    assertThat(Keys.SOLVER_METHOD.read("rk4-38")).isEqualTo(Method.RK4_38);
    assertThat(Keys.SOLVER_METHOD.write(Method.RK4_38)).isEqualTo("rk4-38");
    assertThat(Keys.DIVERGENCE_KIND.read("closed-form"))
        .isEqualTo(DivergenceConfig.Kind.CLOSED_FORM);
  }

  @Test
  void readsListsWithCommasOrAsYaml() {
    assertThat(Keys.MODEL_HIDDEN.read("16, 8")).containsExactly(16, 8);
    assertThat(Keys.MODEL_HIDDEN.read("[16, 8]")).containsExactly(16, 8);
    assertThat(Keys.MODEL_HIDDEN.read("[]")).isEmpty();
    List<String> awkward = List.of("a,b", "c: d", "with \"quotes\"", "hdfs://host:8020/x", "1e3");
    assertThat(Keys.DATA_TRAIN.read(Keys.DATA_TRAIN.write(awkward))).isEqualTo(awkward);
  }

  @ParameterizedTest
  @CsvSource({
    "train.bacth, train.batch",
    "trian.rounds, train.rounds",
    "learningRate, train.learningRate",
    "model.stirde, model.stride"
  })
  void suggestsTheNearestName(String wrong, String right) {
    assertThatThrownBy(() -> Keys.named(wrong))
        .hasMessage(wrong + " is not a key; did you mean " + right + "?");
  }
}
