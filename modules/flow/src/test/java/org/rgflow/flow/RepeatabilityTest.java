package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.flow.energy.MixtureEnergy;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;

/** The same parameters and batch give the same bits, whatever a flow did before. */
class RepeatabilityTest {
  private static final int BATCH = 3;

  record Setting(Kind kind, Method method, DataType type) {
    FlowConfig model() {
      return SmallModel.on(3).hidden(4, 3).hyper(2).config();
    }

    Flow open() {
      SolverConfig solver =
          method.isAdaptive()
              ? SolverConfig.adaptive(method, 1e-3, 1e-3)
              : SolverConfig.fixed(method, 1);
      // the squared Jacobian norm takes probes beside the closed form
      Flow flow = new Flow(model(), solver, DivergenceConfig.of(kind), true, type);
      flow.load(parameters());
      return flow;
    }

    INDArray parameters() {
      return SmallModel.vector(SmallModel.parameters(model(), 61)).muli(0.5);
    }
  }

  static Stream<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      for (Kind kind : new Kind[] {Kind.PROBE, Kind.CLOSED_FORM, Kind.COLOURED}) {
        settings.add(new Setting(kind, Method.HEUN, type));
      }
    }
    settings.add(new Setting(Kind.CLOSED_FORM, Method.BOSH3, DataType.DOUBLE));
    return settings.stream();
  }

  /** Losses of both kinds with their gradients: every bit of them. */
  private record Result(List<Loss> losses, double[] ofSamples, double[] ofEnergy) {
    void assertSameBits(Result other) {
      assertThat(losses).isEqualTo(other.losses);
      assertThat(ofSamples).containsExactly(other.ofSamples);
      assertThat(ofEnergy).containsExactly(other.ofEnergy);
    }
  }

  private static Result train(Flow flow, int batch, long seed) {
    INDArray values = SmallModel.normal(batch, flow.config().dimensions(), seed, DataType.DOUBLE);
    INDArray probes = probes(flow, batch, seed + 1);
    Regularisation weights = new Regularisation(0.01, 0.01);
    INDArray ofSamples = SmallModel.vector(new double[(int) flow.layout().size()]);
    INDArray ofEnergy = ofSamples.dup();
    Loss samples = flow.likelihoodLoss(values, probes, weights, ofSamples);
    Energy mixture = new MixtureEnergy(flow.config().lattice(), 0.8, 0.6);
    Loss energy = flow.energyLoss(values, probes, mixture, weights, ofEnergy);
    return new Result(List.of(samples, energy), HostValues.of(ofSamples), HostValues.of(ofEnergy));
  }

  private static INDArray probes(Flow flow, int batch, long seed) {
    return flow.needsProbes()
        ? SmallModel.normal(batch, flow.probeSize(), seed, DataType.DOUBLE)
        : null;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void twoFlowsAgreeToTheBit(Setting setting) {
    try (Flow one = setting.open();
        Flow other = setting.open()) {
      Result first = train(one, BATCH, 62);

      train(other, BATCH, 62).assertSameBits(first);
      assertThat(first.ofSamples).doesNotContain(Double.NaN).isNotEqualTo(first.ofEnergy);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void otherBatchesInBetweenLeaveNoTrace(Setting setting) {
    try (Flow flow = setting.open()) {
      Result first = train(flow, BATCH, 62);

      train(flow, BATCH, 63);
      train(flow, 1, 64);
      train(flow, BATCH, 62).assertSameBits(first);

      // more sizes than are kept
      train(flow, 1, 65);
      train(flow, 2, 66);
      train(flow, BATCH, 62).assertSameBits(first);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void otherParametersInBetweenLeaveNoTrace(Setting setting) {
    try (Flow flow = setting.open()) {
      Result first = train(flow, BATCH, 62);

      flow.load(setting.parameters().negi());
      train(flow, BATCH, 62);
      flow.load(setting.parameters());

      train(flow, BATCH, 62).assertSameBits(first);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void gradientsThatAreNotNumbersLeaveNoTrace(Setting setting) {
    try (Flow flow = setting.open()) {
      Result first = train(flow, BATCH, 62);
      INDArray lost = SmallModel.vector(new double[(int) flow.layout().size()]);
      INDArray z = SmallModel.normal(BATCH, flow.config().dimensions(), 66, DataType.DOUBLE);

      flow.energyLoss(
          z,
          probes(flow, BATCH, 67),
          new Bottomless(flow.config().lattice()),
          new Regularisation(0.01, 0.01),
          lost);

      assertThat(lost.toDoubleVector()).contains(Double.NaN);
      train(flow, BATCH, 62).assertSameBits(first);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void pullbacksInBetweenLeaveNoTrace(Setting setting) {
    try (Flow flow = setting.open()) {
      Result first = train(flow, BATCH, 62);
      INDArray z = SmallModel.normal(BATCH, flow.config().dimensions(), 66, DataType.DOUBLE);
      Energy mixture = new MixtureEnergy(flow.config().lattice(), 0.8, 0.6);

      flow.pullback(z, probes(flow, BATCH, 67), mixture);
      train(flow, BATCH, 62).assertSameBits(first);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void parametersThatAreNotNumbersLeaveNoTrace(Setting setting) {
    assertNoTraceOfAFailure(setting, SmallModel.notNumbers(setting.model()));
  }

  /** Weights of which the velocity is a number, and the trace kernel, a product of three, none. */
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void aGradientThatFailedHalfWayLeavesNoTrace(DataType type) {
    Setting setting = new Setting(Kind.CLOSED_FORM, Method.HEUN, type);
    INDArray wild = setting.parameters().muli(type == DataType.FLOAT ? 1e14 : 1e110);
    assertNoTraceOfAFailure(setting, wild);
  }

  private static void assertNoTraceOfAFailure(Setting setting, INDArray failing) {
    try (Flow flow = setting.open()) {
      Result first = train(flow, BATCH, 62);

      flow.load(failing);
      assertThatThrownBy(() -> train(flow, BATCH, 62)).isInstanceOf(SolveException.class);
      flow.load(setting.parameters());

      train(flow, BATCH, 62).assertSameBits(first);
    }
  }

  /** An energy whose gradient is not a number. */
  private record Bottomless(Lattice lattice) implements Energy {
    @Override
    public double value(double[] x, double[] gradient) {
      Arrays.fill(gradient, Double.NaN);
      return 0;
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aClosedFlowIsNoLossToTheNext(Setting setting) {
    Result first;
    try (Flow flow = setting.open()) {
      first = train(flow, BATCH, 62);
    }

    try (Flow flow = setting.open()) {
      train(flow, BATCH, 62).assertSameBits(first);
    }
  }

  /** Alone also where steps adapt: the only example's error is the batch's. */
  @ParameterizedTest
  @MethodSource("settings")
  void anExampleScoredAloneKeepsItsScore(Setting setting) {
    try (Flow flow = setting.open()) {
      double[] first = score(flow, 67);
      Result trained = train(flow, 1, 67);

      score(flow, 68);
      train(flow, 1, 69);

      assertThat(score(flow, 67)).containsExactly(first);
      train(flow, 1, 67).assertSameBits(trained);
      assertThat(score(flow, 68)).isNotEqualTo(first);
    }
  }

  private static double[] score(Flow flow, long seed) {
    INDArray x = SmallModel.normal(1, flow.config().dimensions(), seed, DataType.DOUBLE);
    return flow.logProb(x, probes(flow, 1, seed));
  }
}
