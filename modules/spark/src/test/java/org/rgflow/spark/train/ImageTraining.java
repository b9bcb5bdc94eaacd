package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.Npy;
import org.rgflow.data.NpyArray;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.ImageFiles;
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
import org.rgflow.spark.train.shards.Augmentation;
import org.rgflow.spark.train.shards.PixelConfig;
import org.rgflow.spark.train.shards.TrainingInput;
import org.rgflow.spark.train.shards.TransformConfig;

/** Training of a small model on a few images that differ, for tests. */
public abstract class ImageTraining {
  static final int EXAMPLES = 24;

  @TempDir Path folder;
  static SparkSession spark;
  String data;

  /** That of the jobs that are made from now on. */
  Augmentation augmentation = Augmentation.NONE;

  @BeforeEach
  void start() throws Exception {
    spark = LocalSpark.start(2);
    byte[] pixels = new byte[EXAMPLES * 16];
    new Random(1).nextBytes(pixels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((pixels[i] & 63) + 8 * (i % 16));
    }
    Path file = folder.resolve("images.npy");
    try (OutputStream out = Files.newOutputStream(file)) {
      Npy.write(out, NpyArray.of(pixels, EXAMPLES, 1, 4, 4));
    }
    data = file.toUri().toString();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  static TrainingPlan adam(int rounds, int localSteps, int shards) {
    return config(
        4, localSteps, rounds, "adam", 1e-2, shards, 0, TrainingConfig.Master.AVERAGING, 0);
  }

  static TrainingPlan sgd(int batch, int shards) {
    return sgd(batch, shards, TrainingConfig.Master.AVERAGING);
  }

  static TrainingPlan sgd(int batch, int shards, TrainingConfig.Master master) {
    return config(batch, 1, 3, "sgd", 1e-2, shards, 0, master, 0);
  }

  static TrainingPlan config(
      int batch,
      int localSteps,
      int rounds,
      String updater,
      double rate,
      int shards,
      double heldOut,
      TrainingConfig.Master master,
      double maxSeconds) {
    return config(
        batch,
        localSteps,
        rounds,
        updater,
        rate,
        shards,
        heldOut,
        1,
        master,
        maxSeconds,
        0,
        new Recovery(0, 0.5, 1e6, 1e6)); // rates too large are among what is tried
  }

  static TrainingPlan config(
      int batch,
      int localSteps,
      int rounds,
      String updater,
      double rate,
      int shards,
      double heldOut,
      int checkpointEvery,
      TrainingConfig.Master master,
      double maxSeconds,
      double clipNorm,
      Recovery recovery) {
    return new TrainingPlan(
        new TrainingConfig(
            shards,
            7,
            DataType.FLOAT,
            master,
            new Validation(heldOut, 1, 100),
            new Checkpointing(checkpointEvery, Retention.newest(2)),
            recovery,
            maxSeconds),
        List.of(
            new PhaseConfig(
                Objective.LIKELIHOOD,
                1,
                new Regularisation(0.01, 0.01),
                rounds,
                batch,
                new UpdateConfig(updater, constant(rate), clipNorm),
                averages(localSteps, 0))));
  }

  /** Plain averages of steps, released as they are. */
  private static AveragingConfig averages(int localSteps, double decay) {
    return new AveragingConfig(localSteps, 1, 0, decay);
  }

  /** A rate that stays. */
  static LearningRate constant(double rate) {
    return new LearningRate(rate, LearningRate.Schedule.CONSTANT, 0, 3, 0.5);
  }

  /** Flow matching of four times, with a moving average of the parameters. */
  static PhaseConfig matching(int rounds, double decay) {
    return new PhaseConfig(
        Objective.FLOW_MATCHING,
        4,
        new Regularisation(0.01, 0.01),
        rounds,
        8,
        new UpdateConfig("adam", constant(1e-2), 0),
        averages(4, decay));
  }

  /** The plan with other phases. */
  static TrainingPlan with(TrainingPlan plan, PhaseConfig... phases) {
    return new TrainingPlan(plan.common(), List.of(phases));
  }

  /** The plan with another validation. */
  static TrainingPlan with(TrainingPlan plan, Validation validation) {
    TrainingConfig common = plan.common();
    return new TrainingPlan(
        new TrainingConfig(
            common.shards(),
            common.seed(),
            common.dtype(),
            common.master(),
            validation,
            common.checkpoints(),
            common.recovery(),
            common.maxSeconds()),
        plan.phases());
  }

  /** The phase with another learning rate. */
  static PhaseConfig with(PhaseConfig phase, LearningRate rate) {
    UpdateConfig update = phase.update();
    return with(
        phase, new UpdateConfig(update.updater(), rate, update.clipNorm()), phase.averaging());
  }

  /** The phase with another average. */
  static PhaseConfig with(PhaseConfig phase, AveragingConfig averaging) {
    return with(phase, phase.update(), averaging);
  }

  private static PhaseConfig with(
      PhaseConfig phase, UpdateConfig update, AveragingConfig averaging) {
    return new PhaseConfig(
        phase.objective(),
        phase.times(),
        phase.regularisation(),
        phase.rounds(),
        phase.batch(),
        update,
        averaging);
  }

  FlowModel train(String run, TrainingPlan config) {
    return job(RunFolder.create(new Configuration(), uri(run)), config).run().model();
  }

  /** Stops a run after some rounds, as a killed driver would: by an exception from a listener. */
  void train(String run, Limited limited) {
    RunFolder begun = RunFolder.create(new Configuration(), uri(run));
    assertThatThrownBy(() -> job(begun, limited.config, killer(limited.rounds)).run())
        .hasMessage("killed");
  }

  static TrainingListener killer(int rounds) {
    return new Silent() {
      @Override
      public void checkpoint(int round, String path) {
        if (round == rounds) {
          throw new IllegalStateException("killed");
        }
      }
    };
  }

  record Limited(TrainingPlan config, int rounds) {}

  static Limited limited(TrainingPlan config, int rounds) {
    return new Limited(config, rounds);
  }

  String uri(String run) {
    return folder.resolve(run).toUri().toString();
  }

  TrainingJob job(RunFolder run, TrainingPlan config) {
    return job(run, config, new Silent());
  }

  TrainingJob job(RunFolder run, TrainingPlan config, TrainingListener listener) {
    DivergenceConfig auto = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    return job(run, config, listener, model(4, Padding.CIRCULAR), auto);
  }

  public static FlowConfig model(int side, Padding padding) {
    return new FlowConfig(
        1,
        new int[] {side, side},
        2,
        new int[] {5, 4},
        3,
        padding,
        Activation.TANH,
        true,
        3,
        Base.NORMAL);
  }

  TrainingJob job(RunFolder run, TrainingPlan config, FlowModel start) {
    DivergenceConfig auto = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    return job(run, config, new Silent(), model(4, Padding.CIRCULAR), auto, start);
  }

  TrainingJob job(
      RunFolder run,
      TrainingPlan config,
      TrainingListener listener,
      FlowConfig model,
      DivergenceConfig divergence) {
    return job(run, config, listener, model, divergence, null);
  }

  TrainingJob job(
      RunFolder run,
      TrainingPlan config,
      TrainingListener listener,
      FlowConfig model,
      DivergenceConfig divergence,
      FlowModel start) {
    PixelConfig logit = new PixelConfig(PixelConfig.Transform.LOGIT, 0.05, true, 1, 0.01);
    TransformConfig transform = new TransformConfig(logit, true);
    return job(run, config, listener, model, divergence, transform, start);
  }

  TrainingJob job(
      RunFolder run,
      TrainingPlan plan,
      TrainingListener listener,
      FlowConfig model,
      DivergenceConfig divergence,
      TransformConfig transform,
      FlowModel start) {
    ImageFiles files = ImageFiles.list(spark, List.of(data), 0);
    return new TrainingJob(
        spark,
        model,
        Initialisation.STATIC,
        SolverConfig.fixed(Method.RK4, 2),
        divergence,
        plan,
        new TrainingInput(files, null, transform, augmentation, start),
        run,
        listener);
  }

  static double[] parameters(FlowModel model) {
    return model.network().params().dup().data().asDouble();
  }

  static class Silent implements TrainingListener {}

  /** Adds every round's report. */
  static TrainingListener collecting(List<RoundReport> reports) {
    return new Silent() {
      @Override
      public void round(RoundReport report) {
        reports.add(report);
      }
    };
  }
}
