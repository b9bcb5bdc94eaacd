package org.rgflow.spark.ml;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.Shape;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Base;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.run.Retention;
import org.rgflow.spark.train.plan.AveragingConfig;
import org.rgflow.spark.train.plan.Checkpointing;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.plan.LearningRate.Schedule;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.Recovery;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.plan.UpdateConfig;
import org.rgflow.spark.train.plan.Validation;
import org.rgflow.spark.train.shards.Augmentation;
import org.rgflow.spark.train.shards.PixelConfig;
import org.rgflow.spark.train.shards.TransformConfig;

/** What the Params of an estimator ask of the training job. */
record FitConfig(
    FlowConfig flow,
    SolverConfig solver,
    TrainingPlan plan,
    TransformConfig transform,
    Augmentation augmentation) {
  /**
   * The configuration for examples of a shape.
   *
   * @throws IllegalArgumentException naming what does not go together
   */
  static FitConfig of(RgFlow asked, Shape shape, int shards) {
    return new FitConfig(
        flow(asked, shape),
        solver(asked),
        plan(asked, shards),
        transform(asked),
        new Augmentation(asked.getFlip(), asked.getShift()));
  }

  private static FlowConfig flow(RgFlow asked, Shape shape) {
    return new FlowConfig(
        shape.channels(),
        shape.grid(),
        2,
        asked.getHidden(),
        asked.getKernelSize(),
        ConstantNames.constant(Padding.class, asked.getPadding()),
        Activation.TANH,
        true,
        asked.getHyper(),
        Base.NORMAL,
        asked.getPosition(),
        ConstantNames.constant(Coarsening.class, asked.getCoarsening()),
        asked.getBlocks(),
        asked.getSkip(),
        List.of(asked.getClasses()));
  }

  private static SolverConfig solver(RgFlow asked) {
    Method method = ConstantNames.constant(Method.class, asked.getSolver());
    SolverConfig usual =
        SolverConfig.fixed(method, asked.getSteps()).withGrading(SolverConfig.USUAL_GRADING);
    return usual.withTolerances(asked.getTol(), usual.absoluteTolerance());
  }

  private static TransformConfig transform(RgFlow asked) {
    PixelConfig pixels =
        new PixelConfig(
            ConstantNames.constant(PixelConfig.Transform.class, asked.getPixelTransform()),
            asked.getAlpha(),
            asked.getStandardization(),
            asked.getAtom(),
            asked.getTail());
    return new TransformConfig(pixels, asked.getStandardization());
  }

  private static TrainingPlan plan(RgFlow asked, int shards) {
    Objective objective = ConstantNames.constant(Objective.class, asked.getObjective());
    Phase first =
        new Phase(
            asked.getMaxIter(),
            asked.getBatchSize(),
            asked.getLocalSteps(),
            asked.getStepSize(),
            0,
            0,
            0,
            asked.getAverageDecay(),
            objective);
    if (asked.getRefineIter() == 0) {
      return new TrainingPlan(common(asked, shards), List.of(first.of(asked)));
    }
    if (objective != Objective.FLOW_MATCHING) {
      throw new IllegalArgumentException(
          "refineIter must be 0 with objective=likelihood, was " + asked.getRefineIter());
    }
    // the defaults of the command line's then.*
    Phase second =
        new Phase(asked.getRefineIter(), 32, 5, 5e-4, 2, 50, 15, 0.5, Objective.LIKELIHOOD);
    return new TrainingPlan(common(asked, shards), List.of(first.of(asked), second.of(asked)));
  }

  /** What the phases of a run differ in; see {@link PhaseConfig}. */
  private record Phase(
      int rounds,
      int batch,
      int localSteps,
      double rate,
      int warmupRounds,
      double clipNorm,
      double cotangentLimit,
      double averageDecay,
      Objective objective) {
    PhaseConfig of(RgFlow asked) {
      Schedule schedule = ConstantNames.constant(Schedule.class, asked.getSchedule());
      return new PhaseConfig(
          objective,
          4,
          new Regularisation(0.01, 0.01, cotangentLimit, true),
          rounds,
          batch,
          new UpdateConfig(
              "adam", new LearningRate(rate, schedule, warmupRounds, 3, 0.5), clipNorm),
          new AveragingConfig(localSteps, 1, 0, averageDecay));
    }
  }

  private static TrainingConfig common(RgFlow asked, int shards) {
    int interval = asked.getCheckpointInterval();
    return new TrainingConfig(
        shards,
        asked.getSeed(),
        DataType.FLOAT,
        TrainingConfig.Master.AVERAGING,
        new Validation(asked.getHeldOutFraction(), interval, 512),
        new Checkpointing(interval, Retention.newest(2)),
        Recovery.of(3),
        0);
  }
}
