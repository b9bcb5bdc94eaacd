package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.energy.MixtureEnergy;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;

/** A batch that is cut into slices which fit the cache has the gradient of its examples. */
class SlicedGradientTest {
  private static final int BATCH = 40;
  private static final FlowConfig MODEL =
      SmallModel.on(64).hidden(256, 3).hyper(2).coarsening(Coarsening.AVERAGE).config();

  record Setting(Kind kind, boolean ofEnergy, double cotangentLimit) {
    Flow open() {
      Flow flow =
          new Flow(
              MODEL,
              SolverConfig.fixed(Method.HEUN, 1),
              DivergenceConfig.of(kind),
              true,
              DataType.DOUBLE);
      flow.load(SmallModel.vector(SmallModel.parameters(MODEL, 31)).muli(0.5));
      return flow;
    }

    double[] gradient(Flow flow, INDArray values, INDArray probes) {
      INDArray gradient = SmallModel.vector(new double[(int) flow.layout().size()]);
      Regularisation weights = new Regularisation(0.1, 0.1, cotangentLimit, false);
      if (ofEnergy) {
        MixtureEnergy energy = new MixtureEnergy(MODEL.lattice(), 0.8, 0.6);
        flow.energyLoss(values, probes, energy, weights, gradient);
      } else {
        flow.likelihoodLoss(values, probes, weights, gradient);
      }
      return HostValues.of(gradient);
    }
  }

  static Stream<Setting> settings() {
    return Stream.of(
        new Setting(Kind.CLOSED_FORM, false, 0),
        new Setting(Kind.CLOSED_FORM, true, 0.5),
        new Setting(Kind.PROBE, false, 0.5));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void theGradientIsTheMeanOfThoseOfSingleExamples(Setting setting) {
    Slices finest = Slices.thatStayInCache(MODEL, MODEL.levels().get(0), BATCH);
    Slices next = Slices.thatStayInCache(MODEL, MODEL.levels().get(1), BATCH);
    assertThat(finest.count()).isEqualTo(3);
    assertThat(next.count()).isEqualTo(2);
    try (Flow flow = setting.open()) {
      INDArray values = SmallModel.normal(BATCH, MODEL.dimensions(), 32, DataType.DOUBLE);
      INDArray probes = SmallModel.normal(BATCH, flow.probeSize(), 33, DataType.DOUBLE);
      double[] together = setting.gradient(flow, values, probes);

      if (setting.cotangentLimit() > 0) {
        Setting unlimited = new Setting(setting.kind(), setting.ofEnergy(), 0);
        assertThat(unlimited.gradient(flow, values, probes)).isNotEqualTo(together);
      }
      double[] mean = new double[together.length];
      for (int n = 0; n < BATCH; n++) {
        double[] alone = setting.gradient(flow, row(values, n), row(probes, n));
        Arrays.setAll(mean, i -> mean[i] + alone[i] / BATCH);
      }
      double largest = Arrays.stream(mean).map(Math::abs).max().orElseThrow();
      assertThat(together).containsExactly(mean, within(1e-11 * largest));
    }
  }

  private static INDArray row(INDArray rows, int n) {
    return rows.getRow(n, true).dup();
  }
}
