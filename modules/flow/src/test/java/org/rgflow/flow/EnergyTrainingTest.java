package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.GaussianEnergy;
import org.rgflow.flow.energy.MixtureEnergy;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;

/** Training on an energy's own samples finds its distribution, and its free energy from above. */
class EnergyTrainingTest {
  private static final int BATCH = 256;

  /**
   * The default of training. It keeps paths so straight that training's few solver steps judge the
   * log determinant well; a coarse solve can otherwise be trained to a bound that is none.
   */
  private static final Regularisation SMOOTH = new Regularisation(0.01, 0.01);

  /** A model of one site in training: log Z and moments of its energies are known. */
  private static final class Training implements AutoCloseable {
    private static final int STEPS_OF_THE_SOLVER = 3;

    private final Energy energy;
    private final Flow flow;
    private final Flow evaluation;
    private final INDArray parameters;
    private final INDArray gradient;
    private final GradientUpdater<?> updater;
    private int taken;

    Training(FlowConfig model, Energy energy, double rate, double decay) {
      this.energy = energy;
      // exact, its squared norm too
      DivergenceConfig divergence = DivergenceConfig.of(Kind.COLOURED);
      this.flow =
          new Flow(
              model,
              SolverConfig.fixed(Method.RK4, STEPS_OF_THE_SOLVER),
              divergence,
              true,
              DataType.DOUBLE);
      this.evaluation =
          new Flow(model, SolverConfig.fixed(Method.RK4, 6), divergence, false, DataType.DOUBLE);
      this.parameters = SmallModel.vector(SmallModel.parameters(model, 81));
      this.gradient = SmallModel.vector(new double[(int) parameters.length()]);
      this.updater =
          new Adam(new ExponentialSchedule(ScheduleType.ITERATION, rate, decay))
              .instantiate(SmallModel.vector(new double[2 * (int) parameters.length()]), true);
      flow.load(parameters);
    }

    void train(int count) {
      for (int i = 0; i < count; i++) {
        INDArray z = SmallModel.normal(BATCH, 1, 1000 + taken, DataType.DOUBLE);
        flow.energyLoss(z, null, energy, SMOOTH, gradient);
        updater.applyUpdater(gradient, taken++, 0);
        parameters.subi(gradient);
        flow.load(parameters);
      }
    }

    /** With twice the steps the solver errs by a sixteenth of what it does in training. */
    Samples samples(int count, long seed) {
      INDArray z = SmallModel.normal(count, 1, seed, DataType.DOUBLE);
      evaluation.load(parameters);
      Encoding decoded = evaluation.decode(z, null);
      double[] x = HostValues.of(decoded.values());
      double[] logBase = evaluation.baseLogDensity(z);
      double[] free = new double[count];
      double[] bound = new double[count];
      for (int n = 0; n < count; n++) {
        free[n] = energy.value(new double[] {x[n]}, new double[1]) - decoded.logDet()[n];
        bound[n] = free[n] + logBase[n];
      }
      Loss loss = evaluation.energyLoss(z, null, energy, Regularisation.NONE, null);
      return new Samples(x, free, bound, loss);
    }

    @Override
    public void close() {
      flow.close();
      evaluation.close();
    }
  }

  /** Per fresh latent x, E - log det, and that with log p_Z; and the loss of all. */
  private record Samples(double[] x, double[] free, double[] bound, Loss loss) {}

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double standardError(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> Math.pow(value - mean, 2)).sum();
    return Math.sqrt(squares / (values.length - 1.0) / values.length);
  }

  @Test
  void aGaussianIsLearntFromAbove() {
    // -log Z = -log(sqrt(2 pi) / 3), and the entropy of the base on top
    double minusLogZ = 0.1797;
    double optimum = 1.5986;
    FlowConfig model = SmallModel.on(1).hidden(8).kernel(1).activation(Activation.SILU).config();
    GaussianEnergy energy = new GaussianEnergy(model.lattice(), 1, 1.0 / 3);
    try (Training training = new Training(model, energy, 0.05, 0.97)) {
      for (int part = 0; part < 6; part++) {
        training.train(30);
        Samples samples = training.samples(4096, 90 + part);

        assertThat(mean(samples.free)).isGreaterThan(optimum - 3 * standardError(samples.free));
        assertThat(mean(samples.bound)).isGreaterThan(minusLogZ - 3 * standardError(samples.bound));
      }

      // E - log det deviates by 0.71: over 40,000 latents the mean's error is 0.0035
      Samples samples = training.samples(40_000, 99);
      assertThat(samples.loss.main()).isCloseTo(optimum, within(0.01));
      assertThat(samples.loss.bound()).isCloseTo(minusLogZ, within(0.01));
      // the loss is the mean of what its examples have, summed in another order
      assertThat(samples.loss.main()).isCloseTo(mean(samples.free), within(1e-12));
      assertThat(samples.loss.bound()).isCloseTo(mean(samples.bound), within(1e-12));
    }
  }

  /**
   * The bound less -log Z is the divergence KL of the model from the mixture. That of any event's
   * share is no larger, so a share errs by at most sqrt(KL / 2) (Pinsker); and a mode whose mean
   * lies d off adds half of (d / deviation)^2 / 2 to it.
   */
  @Test
  void bothModesOfAMixtureAreLearntInTheirShares() {
    int count = 4096;
    FlowConfig model = SmallModel.on(1).hidden(8, 8).kernel(1).config();
    MixtureEnergy energy = new MixtureEnergy(model.lattice(), 1.5, 0.5);
    double minusLogZ = -energy.logPartition().orElseThrow();
    try (Training training = new Training(model, energy, 0.06, 0.985)) {
      training.train(300);
      Samples samples = training.samples(count, 91);
      double[] upper = Arrays.stream(samples.x).filter(x -> x > 0).toArray();
      double[] lower = Arrays.stream(samples.x).filter(x -> x < 0).toArray();
      double gap = samples.loss.bound() - minusLogZ;

      assertThat(gap).isGreaterThan(-3 * standardError(samples.bound)).isLessThan(0.02);
      double binomialError = Math.sqrt(0.25 / count);
      assertThat(upper.length / (double) count)
          .isCloseTo(0.5, within(3 * binomialError + Math.sqrt(gap / 2)));
      double allowance = 2 * energy.deviation() * Math.sqrt(gap);
      assertThat(mean(upper))
          .isCloseTo(energy.radius(), within(allowance + 3 * standardError(upper)));
      assertThat(mean(lower))
          .isCloseTo(-energy.radius(), within(allowance + 3 * standardError(lower)));
    }
  }
}
