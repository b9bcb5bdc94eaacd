package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.flow.velocity.DivergenceConfig.Noise;
import org.rgflow.flow.velocity.DivergenceConfig.Use;

class DivergenceConfigTest {
  @ParameterizedTest
  @CsvSource({
    "CIRCULAR, 2, TRAINING, CLOSED_FORM",
    "CIRCULAR, 2, SCORING,  CLOSED_FORM",
    "CIRCULAR, 0, TRAINING, CLOSED_FORM",
    "CIRCULAR, 3, TRAINING, PROBE",
    "CIRCULAR, 3, SCORING,  COLOURED",
    "ZEROS,    1, TRAINING, PROBE",
    "REFLECT,  2, SCORING,  COLOURED"
  })
  void autoIsExactWhereThatIsCheapAndForScoringAlways(
      Padding padding, int layers, Use use, Kind expected) {
    DivergenceConfig auto = new DivergenceConfig(Kind.AUTO, Noise.RADEMACHER, 3);

    assertThat(auto.resolve(network(padding, layers), use))
        .isEqualTo(new DivergenceConfig(expected, Noise.RADEMACHER, 3));
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"PROBE", "COLOURED", "CLOSED_FORM"})
  void aChosenKindStays(Kind kind) {
    DivergenceConfig chosen = DivergenceConfig.of(kind);

    assertThat(chosen.resolve(network(Padding.CIRCULAR, 1), Use.SCORING)).isEqualTo(chosen);
  }

  @Test
  void closedFormIsRefusedWhereItDoesNotHold() {
    assertThatThrownBy(
            () ->
                DivergenceConfig.of(Kind.CLOSED_FORM)
                    .resolve(network(Padding.ZEROS, 3), Use.SCORING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "divergence.kind closed-form needs circular padding and at most 2 hidden layers,"
                + " was ZEROS and 3; allowed: auto, probe, coloured");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1025})
  void theNumberOfProbesIsLimited(int probes) {
    assertThatThrownBy(() -> new DivergenceConfig(Kind.PROBE, Noise.GAUSSIAN, probes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("divergence.probes must be in [1, 1024], was " + probes);
  }

  @Test
  void probesAreNeededByTheirOwnKindAndByTheNormBesideTheClosedForm() {
    assertThat(DivergenceConfig.of(Kind.PROBE).needsProbes(false)).isTrue();
    assertThat(DivergenceConfig.of(Kind.CLOSED_FORM).needsProbes(false)).isFalse();
    assertThat(DivergenceConfig.of(Kind.CLOSED_FORM).needsProbes(true)).isTrue();
    assertThat(DivergenceConfig.of(Kind.COLOURED).needsProbes(true)).isFalse();
  }

  @Test
  void anUnresolvedKindCannotBeUsed() {
    assertThatThrownBy(() -> DivergenceConfig.of(Kind.AUTO).needsProbes(false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("resolve the kind first");
  }

  private static VelocityConfig network(Padding padding, int layers) {
    int[] hidden = new int[layers];
    Arrays.fill(hidden, 4);
    return new VelocityConfig(1, 2, hidden, 3, true, padding, Activation.TANH);
  }
}
