package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.Retention;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.train.plan.AveragingConfig;
import org.rgflow.spark.train.plan.Checkpointing;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.Recovery;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.plan.UpdateConfig;
import org.rgflow.spark.train.plan.Validation;
import org.rgflow.spark.train.shards.EnergyTarget;

/** Training on an energy: the same rounds, shards and checkpoints as on examples. */
class EnergyTrainingTest {
  private static final EnergyConfig ISING =
      new EnergyConfig("ising", Map.of("lattice", "4", "temperature", "2.269185314213022"));

  /** log Z of the dual at the critical temperature. */
  private static final double ISING_LOG_Z = 37.376731689944;

  @TempDir Path folder;
  private static SparkSession spark;

  @BeforeEach
  void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private record Training(
      int rounds, int batch, int localSteps, double rate, int shards, int validation) {
    TrainingPlan config(TrainingConfig.Master master) {
      return config("adam", master);
    }

    TrainingPlan config(String updater, TrainingConfig.Master master) {
      return new TrainingPlan(
          new TrainingConfig(
              shards,
              7,
              DataType.FLOAT,
              master,
              new Validation(0, rounds, validation),
              new Checkpointing(1, Retention.newest(2)),
              Recovery.of(0),
              0),
          List.of(
              new PhaseConfig(
                  Objective.ENERGY,
                  1,
                  new Regularisation(0.01, 0.01),
                  rounds,
                  batch,
                  new UpdateConfig(
                      updater, new LearningRate(rate, LearningRate.Schedule.COSINE, 0, 3, 0.5), 0),
                  new AveragingConfig(localSteps, 1, 0, 0))));
    }
  }

  private static Training ising(int rounds, int shards) {
    return new Training(rounds, 16, 2, 5e-3, shards, 40);
  }

  private static FlowConfig model(EnergyConfig energy, int... hidden) {
    Lattice lattice = energy.create().lattice();
    return new FlowConfig(
        lattice.channels(),
        lattice.shape(),
        2,
        hidden,
        3,
        Padding.CIRCULAR,
        Activation.TANH,
        true,
        3,
        Base.NORMAL);
  }

  private TrainingJob job(String run, EnergyConfig energy, FlowConfig model, Training training) {
    return job(
        RunFolder.create(new Configuration(), folder.resolve(run).toUri().toString()),
        energy,
        model,
        training.config(TrainingConfig.Master.AVERAGING));
  }

  private TrainingJob job(
      RunFolder run, EnergyConfig energy, FlowConfig model, TrainingPlan config) {
    return new TrainingJob(
        spark,
        model,
        Initialisation.STATIC,
        SolverConfig.fixed(Method.RK4, 3),
        DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
        config,
        new EnergyTarget(energy, null),
        run,
        new Silent());
  }

  private double[] train(String run, Training training) {
    return job(run, ISING, model(ISING, 5), training).run().model().parameters();
  }

  private JsonNode lastLine(String run) throws Exception {
    List<String> lines =
        RunFolder.resume(new Configuration(), folder.resolve(run).toUri().toString()).metrics();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  @Test
  void theParametersAreTheSameBitsWhateverTheCores() {
    double[] two = train("two", ising(2, 3));
    assertThat(train("again", ising(2, 3))).containsExactly(two);
    spark.stop();
    spark = LocalSpark.start(1);
    assertThat(train("one", ising(2, 3))).containsExactly(two);
    spark.stop();
    spark = LocalSpark.start(2);
    assertThat(train("other", ising(2, 2))).isNotEqualTo(two);
  }

  @Test
  void aResumedRunEndsWithTheSameBits() {
    double[] whole = train("whole", ising(4, 2));
    TrainingPlan config = ising(4, 2).config(TrainingConfig.Master.AVERAGING);
    String uri = folder.resolve("cut").toUri().toString();
    TrainingListener killer =
        new Silent() {
          @Override
          public void checkpoint(int round, String path) {
            if (round == 2) {
              throw new IllegalStateException("killed");
            }
          }
        };
    TrainingJob first =
        new TrainingJob(
            spark,
            model(ISING, 5),
            Initialisation.STATIC,
            SolverConfig.fixed(Method.RK4, 3),
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            config,
            new EnergyTarget(ISING, null),
            RunFolder.create(new Configuration(), uri),
            killer);
    assertThatThrownBy(first::run).hasMessage("killed");
    RunFolder again = RunFolder.resume(new Configuration(), uri);
    FlowModel resumed = job(again, ISING, model(ISING, 5), config).run().model();
    assertThat(resumed.parameters()).containsExactly(whole);
    assertThat(resumed.layer().energy()).contains(ISING);
    assertThat(again.metrics()).hasSize(4);
  }

  /** The bound deviates by b a sample, so a mean over n by b/sqrt n; four of these are allowed. */
  @Test
  void theIsingModelsBoundFallsTowardsItsExactValueAndStaysAboveIt() throws Exception {
    Training training = new Training(12, 32, 8, 1e-2, 2, 512);
    job("ising", ISING, model(ISING, 8, 8), training).run();
    JsonNode last = lastLine("ising");
    double bound = last.path("bound").asDouble();
    double error = last.path("bound_error").asDouble();
    assertThat(error).isPositive();
    assertThat(bound).isGreaterThan(-ISING_LOG_Z - 4 * error);
    // an untrained flow is near the base, whose bound is 16 nats above
    assertThat(bound).isLessThan(-ISING_LOG_Z + 3);
    assertThat(last.path("unit").asText()).isEqualTo("nats/dim");
    assertThat(last.path("held_out_loss").asDouble()).isCloseTo(bound / 16, within(1e-12));
    // 512 weights whose logarithms deviate by sqrt 6, as those of a model 3 nats off do, have a
    // mean that errs by less than a nat; an untrained model's errs by ten
    assertThat(last.path("log_z").asDouble()).isCloseTo(ISING_LOG_Z, within(1.5));
    double ess = last.path("ess").asDouble();
    assertThat(last.path("log_z_error").asDouble())
        .isCloseTo(Math.sqrt((1 / ess - 1) / 511), within(1e-12));
    // the entropy of the base, 16 (1 + log 2 pi)/2, within its error over 512 draws
    assertThat(last.path("free_energy").asDouble() - bound)
        .isCloseTo(8 * (1 + Math.log(2 * Math.PI)), within(4 * Math.sqrt(8.0 / 512)));
  }

  /** The target: within 0.002 of -log Z = 0.1797. */
  @Test
  void aGaussianSitesBoundIsFound() throws Exception {
    EnergyConfig gaussian =
        new EnergyConfig(
            "gaussian",
            Map.of(
                "lattice", "1", "channels", "1", "mean", "1", "deviation", "0.3333333333333333"));
    double minusLogZ = -gaussian.create().logPartition().orElseThrow();
    assertThat(minusLogZ).isCloseTo(0.1797, within(5e-5));
    Training training = new Training(20, 128, 40, 2e-2, 1, 32_768);
    job("gaussian", gaussian, model(gaussian, 16), training).run();
    JsonNode last = lastLine("gaussian");
    assertThat(last.path("bound_error").asDouble()).isLessThan(0.0005);
    assertThat(last.path("bound").asDouble()).isCloseTo(minusLogZ, within(0.002));
    assertThat(last.path("ess").asDouble()).isGreaterThan(0.99);
    // by this share its standard error is at most sqrt(0.0101 / 32,767) = 0.00056
    assertThat(last.path("log_z").asDouble()).isCloseTo(-minusLogZ, within(0.003));
  }

  @Test
  void dl4jsOwnMasterTrainsOnTheSameLatents() {
    Training steps = new Training(3, 16, 1, 1e-2, 2, 40);
    double[] theirs = plain("theirs", steps, TrainingConfig.Master.DL4J);
    double[] ours = plain("ours", steps, TrainingConfig.Master.AVERAGING);
    for (int i = 0; i < ours.length; i++) {
      assertThat(theirs[i]).isCloseTo(ours[i], within(1e-5));
    }
  }

  /** By SGD, whose steps on equal shards are one step on both. */
  private double[] plain(String name, Training steps, TrainingConfig.Master master) {
    String uri = folder.resolve(name).toUri().toString();
    RunFolder run = RunFolder.create(new Configuration(), uri);
    TrainingPlan config = steps.config("sgd", master);
    return job(run, ISING, model(ISING, 5), config).run().model().parameters();
  }

  @Test
  void aWrongGradientIsFoundBeforeAnythingIsWritten() {
    EnergyConfig wrong = new EnergyConfig(Wrong.class.getName(), Map.of());
    assertThatThrownBy(() -> job("wrong", wrong, model(wrong, 5), ising(1, 1)).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "energy.name " + Wrong.class.getName() + ": its gradient of value ");
    assertThat(folder.resolve("wrong")).doesNotExist();
  }

  /** With the gradient's sign forgotten. */
  public static final class Wrong implements Energy {
    private static final long serialVersionUID = 1L;

    @Override
    public Lattice lattice() {
      return new Lattice(1, 4);
    }

    @Override
    public double value(double[] x, double[] gradient) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += x[i] * x[i];
        gradient[i] = -2 * x[i];
      }
      return sum;
    }
  }

  private static class Silent implements TrainingListener {}
}
