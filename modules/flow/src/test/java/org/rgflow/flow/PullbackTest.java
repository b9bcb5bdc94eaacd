package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.MixtureEnergy;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.flow.velocity.Padding;

/** An energy seen from the latents: its value is the loss's, its slope that of the value. */
class PullbackTest {
  private static final int BATCH = 3;

  private static Flow flow(FlowConfig model) {
    return flow(model, SolverConfig.fixed(Method.RK4, 2));
  }

  private static Flow flow(FlowConfig model, SolverConfig solver) {
    Flow flow = new Flow(model, solver, DivergenceConfig.of(Kind.COLOURED), false, DataType.DOUBLE);
    flow.load(SmallModel.vector(SmallModel.parameters(model, 5)));
    return flow;
  }

  /** One latent of every example moved. */
  private static double[] with(double[] values, int latent, double by) {
    double[] moved = values.clone();
    for (int i = latent; i < values.length; i += values.length / BATCH) {
      moved[i] += by;
    }
    return moved;
  }

  private static INDArray rows(double[] values) {
    return HostValues.toArray(values, DataType.DOUBLE, BATCH, values.length / BATCH);
  }

  /** Central differences with step h = 1e-5: some h^2 of the third derivative, and 1e-15 / h. */
  private static void requireSlope(FlowConfig model, Function<INDArray, Pullback> pullback) {
    double[] z = SmallModel.normal(BATCH * model.dimensions(), 3);
    double step = 1e-5;
    double[] gradient = pullback.apply(rows(z)).gradient();
    for (int latent = 0; latent < model.dimensions(); latent++) {
      double[] up = pullback.apply(rows(with(z, latent, step))).values();
      double[] down = pullback.apply(rows(with(z, latent, -step))).values();
      for (int n = 0; n < BATCH; n++) {
        double slope = (up[n] - down[n]) / (2 * step);
        assertThat(gradient[n * model.dimensions() + latent])
            .isCloseTo(slope, within(1e-7 * Math.max(1, Math.abs(slope))));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSlopeIsThatOfTheValue(Coarsening coarsening) {
    FlowConfig model =
        SmallModel.on(4, 3).channels(2).coarsening(coarsening).hyper(2).blocks(2).config();
    Energy energy = new MixtureEnergy(model.lattice(), 1, 0.7);
    try (Flow flow = flow(model)) {
      requireSlope(model, z -> flow.pullback(z, null, energy));
    }
  }

  static Stream<SmallModel> everyVelocity() {
    return Stream.of(
        SmallModel.on(4, 3).channels(2).hyper(2).blocks(2),
        SmallModel.on(4, 3).coarsening(Coarsening.AVERAGE),
        SmallModel.on(4, 3).hidden(),
        SmallModel.on(4, 3).hidden(3, 4).skip(true),
        SmallModel.on(5).hidden(3, 4).activation(Activation.SOFTPLUS),
        SmallModel.on(4, 3).hidden(3, 4).padding(Padding.ZEROS));
  }

  @ParameterizedTest
  @MethodSource("everyVelocity")
  void theSlopeOfASamplesOwnEnergyIsThatOfItsValue(SmallModel small) {
    FlowConfig model = small.config();
    try (Flow flow = flow(model)) {
      requireSlope(
          model,
          z -> flow.samplePullback(z, n -> new MixtureEnergy(model.lattice(), 1, 0.5 + 0.1 * n)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RK4", "DOPRI5"})
  void aSamplesEnergyIsThatOfWhatIsSampled(Method method) {
    FlowConfig model = SmallModel.on(4, 4).config();
    SolverConfig solver =
        method.isAdaptive()
            ? SolverConfig.adaptive(method, 1e-6, 1e-8)
            : SolverConfig.fixed(method, 2);
    INDArray z = SmallModel.normal(BATCH, model.dimensions(), 3, DataType.DOUBLE);
    Energy energy = new MixtureEnergy(model.lattice(), 1, 0.7);
    try (Flow flow = flow(model, solver)) {
      double[] energies = flow.samplePullback(z, n -> energy).values();
      double[] x = HostValues.of(flow.sample(z));
      for (int n = 0; n < BATCH; n++) {
        double[] example = Arrays.copyOfRange(x, n * 16, (n + 1) * 16);
        assertThat(energies[n]).isEqualTo(energy.value(example, new double[16]));
      }
    }
  }

  @Test
  void valuesAreTheLossesOfTheExamples() {
    FlowConfig model = SmallModel.on(4, 4).config();
    Energy energy = new MixtureEnergy(model.lattice(), 1, 0.7);
    INDArray z = SmallModel.normal(BATCH, model.dimensions(), 3, DataType.DOUBLE);
    try (Flow flow = flow(model)) {
      Pullback found = flow.pullback(z, null, energy);
      Encoding decoded = flow.decode(z, null);
      double[] x = HostValues.of(decoded.values());
      for (int n = 0; n < BATCH; n++) {
        double[] example = Arrays.copyOfRange(x, n * 16, (n + 1) * 16);
        double value = energy.value(example, new double[16]);
        assertThat(found.energies()[n]).isEqualTo(value);
        // the divergence comes with the gradient here, and is summed in another order
        assertThat(found.values()[n]).isCloseTo(value - decoded.logDet()[n], within(1e-12));
      }
      double mean = flow.energyLoss(z, null, energy, Regularisation.NONE, null).main();
      assertThat(Arrays.stream(found.values()).average().orElseThrow())
          .isCloseTo(mean, within(1e-12));
    }
  }
}
