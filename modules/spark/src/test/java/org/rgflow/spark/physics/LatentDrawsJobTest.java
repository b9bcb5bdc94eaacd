package org.rgflow.spark.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.flow.Base;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.SmallModels;

/** Draws and chains of 8x8 models, of which the identity has known answers for Gaussians. */
class LatentDrawsJobTest {
  private static final int DIMENSIONS = 64;
  private static final FlowModel IDENTITY = SmallModels.linear(0);

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static LatentDrawsJob job(int partitions) {
    return new LatentDrawsJob(JavaSparkContext.fromSparkContext(spark.sparkContext()), partitions);
  }

  private static LatentDraws draws(FlowModel model, double mean, double deviation, int size) {
    EnergyConfig energy =
        new EnergyConfig(
            "gaussian",
            Map.of(
                "lattice",
                "8,8",
                "channels",
                "1",
                "mean",
                Double.toString(mean),
                "deviation",
                Double.toString(deviation)));
    return new LatentDraws(model.layer().flow(), SmallModels.SOLVER, energy, size, 7, 0);
  }

  @Test
  void whereStepsAreChosenByTheBatchEveryChainIsABatch() {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    SolverConfig adaptive = SolverConfig.adaptive(Method.DOPRI5, 1e-3, 1e-3);
    double[] parameters = model.parameters();
    LatentDraws few = draws(model, 0.2, 0.9, 2).with(adaptive);
    LatentDraws many = draws(model, 0.2, 0.9, 5).with(adaptive);
    assertThat(job(2).draw(few, parameters, 5).free())
        .isEqualTo(job(1).draw(many, parameters, 5).free());
    HmcConfig walk = new HmcConfig(4, 1, 2, 0.1);
    assertThat(job(2).walk(new LatentChains(few, walk), parameters, 3))
        .isEqualTo(job(1).walk(new LatentChains(many, walk), parameters, 3));
  }

  @Test
  void aBatchOfMoreNumbersThanAnArrayHoldsIsRefused() {
    assertThatThrownBy(() -> draws(IDENTITY, 0, 1, 1 << 25))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a batch of latents must be at most 33554431 of 64 values each, which are one array, was"
                + " 33554432");
  }

  private static double logPartition(double deviation) {
    return DIMENSIONS * (Math.log(deviation) + 0.5 * Math.log(2 * Math.PI));
  }

  @Test
  void drawsAndChainsDependNeitherOnPartitionsNorOnHowManyThereAre() {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.LAPLACE);
    LatentDraws draws = draws(model, 0.2, 0.9, 4);
    LatentChains chains = new LatentChains(draws, new HmcConfig(4, 1, 2, 0.1));
    double[] parameters = model.parameters();
    WeightedDraws alone = job(1).draw(draws, parameters, 11);
    ChainStatistics walked = job(1).walk(chains, parameters, 7);
    assertThat(walked.chains()).isEqualTo(7);
    assertThat(walked.steps()).isEqualTo(4);
    for (int partitions : new int[] {2, 50}) {
      assertThat(job(partitions).draw(draws, parameters, 11).free()).isEqualTo(alone.free());
      assertThat(job(partitions).walk(chains, parameters, 7)).isEqualTo(walked);
    }
    assertThat(job(2).draw(draws, parameters, 6).energies())
        .isEqualTo(Arrays.copyOf(alone.energies(), 6));
  }

  @Test
  void aPerfectModelIsWorthItsSamples() {
    WeightedDraws found = job(2).draw(draws(IDENTITY, 0, 1, 128), IDENTITY.parameters(), 1024);
    // float32 has 1e-7 of z, and E some 32
    assertThat(found.freeEnergy().logPartition()).isCloseTo(logPartition(1), within(1e-4));
    assertThat(found.freeEnergy().effectiveSampleSize()).isCloseTo(1, within(1e-6));
    assertThat(found.metropolis(8, 1).acceptance()).isCloseTo(1, within(1e-4));
  }

  /** KL of N(0, 1) from N(0, s^2) is log s + 1/(2 s^2) - 1/2 per dimension. */
  @Test
  void theBoundIsAboveByTheDivergenceAndWeightsFindLogZ() {
    double s = 1.1;
    FreeEnergy found =
        job(2).draw(draws(IDENTITY, 0, s, 128), IDENTITY.parameters(), 4096).freeEnergy();
    double divergence = DIMENSIONS * (Math.log(s) + 0.5 / (s * s) - 0.5);
    double minusLogZ = -logPartition(s);
    assertThat(found.bound())
        .isGreaterThan(minusLogZ - 4 * found.boundError())
        .isCloseTo(minusLogZ + divergence, within(4 * found.boundError()));
    assertThat(found.logPartition()).isCloseTo(-minusLogZ, within(4 * found.logPartitionError()));
  }

  @Test
  void aModelThatIsEvenIsWorthTheSameMadeEven() {
    LatentDraws draws = draws(IDENTITY, 0, 1.1, 64);
    WeightedDraws plain = job(2).draw(draws, IDENTITY.parameters(), 128);
    WeightedDraws even = job(2).draw(draws.madeEven(), IDENTITY.parameters(), 128);
    // float32 has 1e-7 of z, and E some 32
    assertThat(even.free()).containsExactly(plain.free(), within(1e-4));
  }

  /** log of a mean of densities is above the mean of logs: KL can only fall. */
  @Test
  void aModelThatIsNotEvenIsWorthMoreMadeEven() {
    FlowModel drawn = SmallModels.ofValues(Activation.SOFTPLUS, Base.NORMAL);
    FlowModel model = drawn.with(Arrays.stream(drawn.parameters()).map(w -> 0.25 * w).toArray());
    LatentDraws draws = draws(model, 0, 1, 64);
    FreeEnergy plain = job(2).draw(draws, model.parameters(), 1024).freeEnergy();
    FreeEnergy even = job(2).draw(draws.madeEven(), model.parameters(), 1024).freeEnergy();
    assertThat(even.bound()).isBetween(-logPartition(1), plain.bound());
    assertThat(even.effectiveSampleSize()).isGreaterThan(plain.effectiveSampleSize());
    assertThat(even.logPartition())
        .isCloseTo(logPartition(1), within(5 * even.logPartitionError()));
  }

  @Test
  void onlyForAnEvenEnergyIsAModelMadeEven() {
    LatentDraws draws = draws(IDENTITY, 0.5, 1, 8).madeEven();
    assertThatThrownBy(() -> job(1).draw(draws, IDENTITY.parameters(), 8))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("physics.even=true with an energy of ");
  }

  /** E of D Gaussian values has mean and variance D/2. */
  @Test
  void hamiltonianChainsFindAGaussianThatTheModelDoesNot() {
    HmcConfig config = new HmcConfig(60, 12, 5, 0.15);
    LatentDraws starts = draws(IDENTITY, 0.5, 0.5, 32);
    double[][] found = new LatentChains(starts, config).evaluate(IDENTITY.parameters(), 0, 1);
    double[][] energies = new double[64][60];
    for (int c = 0; c < 64; c++) {
      for (int t = 0; t < 60; t++) {
        energies[c][t] = found[t][c];
      }
    }
    Autocorrelation mean = Autocorrelation.of(energies);
    assertThat(mean.mean()).isCloseTo(DIMENSIONS / 2.0, within(4 * mean.meanError()));
    assertThat(mean.meanError()).isLessThan(0.5);
    double[][] squares =
        Arrays.stream(energies)
            .map(chain -> Arrays.stream(chain).map(e -> Math.pow(e - 32, 2)).toArray())
            .toArray(double[][]::new);
    Autocorrelation variance = Autocorrelation.of(squares);
    assertThat(variance.mean()).isCloseTo(DIMENSIONS / 2.0, within(4 * variance.meanError()));
    assertThat(variance.meanError()).isLessThan(4);

    ChainStatistics walked =
        job(2).walk(new LatentChains(starts, config), IDENTITY.parameters(), 64);
    assertThat(walked.energy()).isEqualTo(mean);
  }

  /**
   * In equilibrium the mean of exp(-rise) is 1 (Creutz), and acceptance 1 less some h^2: chains of
   * a perfect model start there.
   */
  @Test
  void smallStepsAreAccepted() {
    LatentDraws starts = draws(IDENTITY, 0, 1, 64);
    double coarse = acceptance(starts, 4, 0.4);
    double fine = acceptance(starts, 16, 0.1);
    assertThat(coarse).isBetween(0.7, 0.98);
    // the rise has deviation near sqrt(D) h^2/4, and acceptance lacks half of its mean size
    assertThat(fine).isBetween(0.98, 1.0);
    assertThat(acceptance(starts, 64, 0.025)).isGreaterThan(0.998);
  }

  private static double acceptance(LatentDraws starts, int leapfrogs, double step) {
    HmcConfig config = new HmcConfig(4, 0, leapfrogs, step);
    return job(2).walk(new LatentChains(starts, config), IDENTITY.parameters(), 64).acceptance();
  }

  @Test
  void aStepTooLargeIsNeverAccepted() {
    HmcConfig config = new HmcConfig(4, 0, 20, 5);
    ChainStatistics found =
        job(1).walk(new LatentChains(draws(IDENTITY, 0, 1, 8), config), IDENTITY.parameters(), 8);
    assertThat(found.acceptance()).isZero();
    assertThat(found.energy().time()).isNaN();
  }

  @Test
  void anUnsolvableTrajectoryNamesTheStep() {
    FlowModel model = SmallModels.linear(12); // its solve of two steps amplifies by 1e12
    HmcConfig config = new HmcConfig(4, 0, 1, 90);
    assertThatThrownBy(
            () ->
                job(1).walk(new LatentChains(draws(model, 0, 1, 8), config), model.parameters(), 8))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("a trajectory left what can be solved: lower physics.step, was 90");
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> new HmcConfig(3, 0, 1, 1))
        .hasMessage("physics.trajectories must be in [4, 1000000], was 3");
    assertThatThrownBy(() -> new HmcConfig(4, -1, 1, 1))
        .hasMessage("physics.warmUp must be in [0, 1000000], was -1");
    assertThatThrownBy(() -> new HmcConfig(4, 0, 0, 1))
        .hasMessage("physics.leapfrogs must be in [1, 100000], was 0");
    assertThatThrownBy(() -> new HmcConfig(4, 0, 1, 0))
        .hasMessage("physics.step must be in (0, 100], was 0.0");
  }
}
