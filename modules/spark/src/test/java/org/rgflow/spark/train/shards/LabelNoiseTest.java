package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.PixelCounts;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.flow.Base;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.StillFlow;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

class LabelNoiseTest {
  private static final int SIDE = 32;

  private static FlowLayer matching(Base base, Coarsening coarsening) {
    FlowConfig flow =
        new FlowConfig(
            1,
            new int[] {SIDE, SIDE},
            2,
            new int[] {2},
            3,
            Padding.CIRCULAR,
            Activation.TANH,
            true,
            2,
            base,
            0,
            coarsening,
            1,
            false,
            List.of());
    return new FlowLayer(
            flow,
            Initialisation.STATIC,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            Regularisation.NONE)
        .trainedByFlowMatching(1);
  }

  /** Solved with the closed form, which needs no probes, or with one probe. */
  private static FlowLayer solved(DivergenceConfig.Kind divergence, boolean shiftedGrids) {
    FlowLayer other = matching(Base.NORMAL, Coarsening.DECIMATION);
    return new FlowLayer(
        other.flow(),
        other.initialisation(),
        other.solver(),
        DivergenceConfig.of(divergence),
        new Regularisation(0.01, 0, 0, shiftedGrids));
  }

  @ParameterizedTest
  @EnumSource(
      value = DivergenceConfig.Kind.class,
      names = {"PROBE", "CLOSED_FORM"})
  void aBatchHasOneShiftOfItsGridBesideTheProbesOfItsExamples(DivergenceConfig.Kind divergence) {
    int batch = 3;
    LabelNoise even = LabelNoise.of(solved(divergence, false), true, batch, 7);
    LabelNoise shifted = LabelNoise.of(solved(divergence, true), true, batch, 7);
    int probes = even.size();
    assertThat(shifted.size()).isEqualTo(probes + 1);
    Set<Double> shifts = new HashSet<>();
    for (int step = 0; step < 50; step++) {
      double[] labels = new double[batch * shifted.size()];
      double[] alone = new double[batch * probes];
      for (int n = 0; n < batch; n++) {
        shifted.fill(n, 0, labels, n * shifted.size());
        even.fill(n, 0, alone, n * probes);
      }
      shifted.complete(step % 2, step / 2, labels);
      double shift = labels[probes];
      for (int n = 0; n < batch; n++) {
        int from = n * shifted.size();
        assertThat(Arrays.copyOfRange(labels, from, from + probes))
            .isEqualTo(Arrays.copyOfRange(alone, n * probes, (n + 1) * probes));
        assertThat(labels[from + probes]).isEqualTo(shift);
      }
      shifts.add(shift);
    }
    // each shard and step has its own; by chance all of one half with probability 2^-49
    assertThat(shifts).hasSize(50).allMatch(shift -> Math.abs(shift) <= 0.5);
    assertThat(shifts).anyMatch(shift -> shift < 0).anyMatch(shift -> shift > 0);
  }

  private static double[] noise(FlowLayer layer, boolean isPixels) {
    double[] labels = new double[SIDE * SIDE + 1];
    LabelNoise.of(layer, isPixels, 1, 7).fill(3, 2, labels, 0);
    return Arrays.copyOf(labels, SIDE * SIDE);
  }

  /** So that the paths of a background are straight, and as short as its normal allows. */
  @Test
  void theNoiseOfPixelsThatAreAtomsIsWhatTheyBecomeThemselves() {
    byte[] black = new byte[SIDE * SIDE];
    PixelCounts counts = new PixelCounts(1);
    counts.add(black);
    double[] x = new double[black.length];
    new GaussianTransform(1e-9, 0.5, 0.002, counts)
        .forward(black, 1, new KeyedNoise(7, 3, KeyedNoise.Purpose.DEQUANTISATION, 2), x, 0);
    FlowLayer layer = matching(Base.NORMAL, Coarsening.DECIMATION);
    double[] still = new double[x.length];
    new StillFlow(layer.flow()).encode(x, still, 0);
    double[] noise = noise(layer, true);
    double distance = 0;
    for (int i = 0; i < x.length; i++) {
      distance += Math.pow(noise[i] - still[i], 2) / x.length;
    }
    // the normal lacks its last 0.002, which moves quantiles near it: the integral of the square
    assertThat(distance).isLessThan(0.002);
    assertThat(noise(layer, false)).isNotEqualTo(noise);
  }

  /** Kolmogorov's distance of 1,024 draws is below 1.95 / 32 with probability 0.999. */
  @ParameterizedTest
  @EnumSource(Base.class)
  void theNoiseOfPixelsIsOfTheBase(Base base) {
    double[] noise = noise(matching(base, Coarsening.DECIMATION), true);
    for (int i = 1; i < 50; i++) {
      double quantile = base.quantile(i / 50.0);
      double below = Arrays.stream(noise).filter(e -> e < quantile).count();
      assertThat(below / noise.length).isCloseTo(i / 50.0, within(0.061));
    }
    // known quantiles: of the normal from tables, of Laplace log(2 p)
    assertThat(base.quantile(0.025))
        .isCloseTo(base == Base.NORMAL ? -1.959963984540 : -Math.log(20), within(1e-9));
  }

  /** An average knows the pixels' own noise, and so would what is to stay behind free of it. */
  @ParameterizedTest
  @EnumSource(Base.class)
  void theNoiseOfAveragesIsDrawnAnew(Base base) {
    FlowLayer layer = matching(base, Coarsening.AVERAGE);
    assertThat(noise(layer, true)).isEqualTo(noise(layer, false));
  }
}
