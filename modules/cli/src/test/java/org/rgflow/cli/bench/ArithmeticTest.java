package org.rgflow.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rgflow.cli.bench.Workload.Task;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;

class ArithmeticTest {
  /** One channel, widths 2 and 3, three taps: convolutions 2 -> 2 -> 3 -> 1. */
  private static final Arithmetic TINY = Arithmetic.of(3, 1, List.of(2, 3));

  @Test
  void partsOfATinyNetworkAreThoseCountedByHand() {
    assertThat(TINY.forward()).isEqualTo(3 * (2 * 2 + 2 * 3 + 3 * 1));
    assertThat(TINY.pullback()).isEqualTo(3 * (1 * 3 + 3 * 2 + 2 * 1));
    assertThat(TINY.adjoint()).isEqualTo(3 * (1 * 3 + 3 * 2));
    assertThat(TINY.tangent()).isEqualTo(3 * (1 * 2 + 2 * 3));
    assertThat(TINY.trace()).isEqualTo(3 * 2 * 3);
  }

  @Test
  void tasksOfATinyNetworkAreThoseCountedByHand() {
    assertThat(TINY.of(Task.SAMPLE, Kind.PROBE)).isEqualTo(39);
    assertThat(TINY.of(Task.SCORE, Kind.PROBE)).isEqualTo(39 + 33);
    assertThat(TINY.of(Task.SCORE, Kind.CLOSED_FORM)).isEqualTo(39 + 18);
    assertThat(TINY.of(Task.MATCH, Kind.PROBE)).isEqualTo(39 + 27 + 39);
    long recorded = 39;
    long again = 39;
    long pullback = 33;
    long tangentAndItsWeights = 24 + 33;
    long weightsAndInput = 39 + 33;
    long probe = recorded + again + pullback + tangentAndItsWeights + weightsAndInput;
    assertThat(TINY.of(Task.TRAIN, Kind.PROBE)).isEqualTo(probe);
    assertThat(TINY.of(Task.TRAIN, Kind.CLOSED_FORM)).isEqualTo(probe + 3 * 18);
  }

  @Test
  void oneHiddenLayerHasNoConvolutionInItsClosedForm() {
    Arithmetic one = Arithmetic.of(9, 2, List.of(5));
    assertThat(one).isEqualTo(new Arithmetic(9 * (15 + 10), 9 * (10 + 10), 9 * 10, 9 * 10, 0));
  }

  @Test
  void aCallIsAllSitesOfAllLevelsAtEveryStage() {
    Workload workload = Workload.named("W5").with(4, 2, 3, List.of(2, 3));
    int sites = 16 + 4 + 1;
    int evaluations = 4 * 3;
    long perSite = 9 * (2 * 2 + 2 * 3 + 3);
    assertThat(Arithmetic.gigaflop(workload))
        .isCloseTo(2e-9 * perSite * sites * evaluations * 2, within(1e-15));
  }
}
