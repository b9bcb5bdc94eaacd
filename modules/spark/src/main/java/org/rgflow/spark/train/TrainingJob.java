package org.rgflow.spark.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rgflow.data.DataException;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.Checkpoint;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.train.averaging.StateVector;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.Recovery;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.plan.Updaters;
import org.rgflow.spark.train.shards.Shards;
import org.rgflow.spark.train.shards.Target;

/**
 * Trains a flow by averaging rounds on any Spark master.
 *
 * <p>A run has one phase or more, see {@link TrainingPlan}. The parameters after training are a
 * function of configuration, seed and data, bit for bit for one number of shards, whatever the
 * executors, the order of tasks, retries, or a resume between.
 */
public final class TrainingJob {
  private final JavaSparkContext spark;
  private final FlowConfig model;
  private final Initialisation initialisation;
  private final SolverConfig solver;
  private final DivergenceConfig divergence;
  private final TrainingPlan plan;
  private final Target target;
  private final RunFolder run;
  private final TrainingListener listener;

  /** A job; nothing happens before {@link #run()}. */
  public TrainingJob(
      SparkSession spark,
      FlowConfig model,
      Initialisation initialisation,
      SolverConfig solver,
      DivergenceConfig divergence,
      TrainingPlan plan,
      Target target,
      RunFolder run,
      TrainingListener listener) {
    this.spark = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.model = model;
    this.initialisation = initialisation;
    this.solver = solver;
    this.divergence = divergence;
    this.plan = plan;
    this.target = target;
    this.run = run;
    this.listener = listener;
  }

  /**
   * Trains from the run's newest checkpoint, or from the start, to the last round; a run that has
   * done them is what it was, and its data are not read.
   *
   * @throws DataException when data, model and configuration do not go together; then nothing is
   *     written
   */
  public TrainingResult run() {
    divergence.resolve(model.velocity(), DivergenceConfig.Use.TRAINING);
    Optional<TrainingResult> finished = run.finished(plan.rounds());
    if (finished.isPresent()) {
      requireSameModel(finished.get().model().layer().flow());
      return finished.get();
    }
    StateRoom.require(
        model, plan.first().update(), plan.common().dtype(), Runtime.getRuntime().maxMemory());
    try (Shards shards = target.open(spark, model, solver, plan);
        TrainingMetrics metrics = TrainingMetrics.open()) {
      return train(shards, listener.and(metrics));
    }
  }

  private TrainingResult train(Shards shards, TrainingListener told) {
    Checkpoint state = lastGood(shards);
    requireSameModel(state.model().layer().flow());
    shards.require(state.model());
    run.forgetMetricsAfter(state.round());
    told.started(
        new TrainingStart(
            state.model().shape(),
            shards.size(),
            shards.heldOutSize(),
            shards.validatedSize(),
            state.model().network().numParams(),
            plan.common().shards(),
            state.round()));
    Rounds.End end = new Rounds.End(state, Double.NaN);
    long begin = System.nanoTime();
    for (TrainingPlan.Phase phase : plan.after(state.round())) {
      end = rounds(phase, shards, entered(phase, end.state(), shards), told, begin);
      if (end.state().round() < phase.end()) {
        break; // out of time, or asked to stop
      }
    }
    FlowModel last = end.state().released();
    if (end.state().round() > 0) {
      run.publishModel(last);
    }
    return new TrainingResult(
        last, end.state().round(), last.unit(), end.heldOutLoss(), end.state().best());
  }

  private Checkpoint lastGood(Shards shards) {
    return run.latest().orElseGet(() -> beginning(shards));
  }

  private Checkpoint beginning(Shards shards) {
    return Checkpoint.beginning(0, newModel(shards), Double.NaN);
  }

  /** Where a phase goes on: where it was, or with what the one before released. */
  private Checkpoint entered(TrainingPlan.Phase phase, Checkpoint state, Shards shards) {
    if (state.round() > phase.first() || phase.number() == 0) {
      return state;
    }
    FlowModel begun = newModel(shards, phase.config(), state.released());
    return Checkpoint.beginning(state.round(), begun, state.best());
  }

  /** A phase's rounds; where one goes astray, those after an earlier checkpoint are done again. */
  private Rounds.End rounds(
      TrainingPlan.Phase phase,
      Shards shards,
      Checkpoint entered,
      TrainingListener told,
      long begin) {
    List<Rollback> rollbacks = new ArrayList<>();
    Recovery recovery = plan.common().recovery();
    Checkpoint state = entered;
    while (true) {
      try {
        return new Rounds(spark, plan, phase, shards, run, told, state, begin).run();
      } catch (AstrayException astray) {
        int number = state.rollbacks() + 1;
        if (number > recovery.rollbacks()) {
          run.writeMetrics();
          throw new DivergedException(state.rollbacks(), rollbacks, astray);
        }
        Checkpoint good = goneBackTo(phase, state, astray, shards);
        state = entered(phase, good, shards).after(number, astray.round());
        run.forgetCheckpointsAfter(state.round());
        run.forgetMetricsAfter(state.round());
        run.writeMetrics(); // which the checkpoints needed until now
        rollbacks.add(
            new Rollback(
                astray.round(),
                astray.getMessage(),
                state.round(),
                number,
                recovery.rollbacks(),
                recovery.share(number)));
        told.rolledBack(rollbacks.get(rollbacks.size() - 1));
      }
    }
  }

  /**
   * The newest checkpoint of the schedule, as a run that was stopped between goes back no less far;
   * where it led astray again, and no further than before, it was astray itself, and the best of
   * those that were validated is the last known to be good.
   *
   * @param begun what the rounds began with that went astray
   */
  private Checkpoint goneBackTo(
      TrainingPlan.Phase phase, Checkpoint begun, AstrayException astray, Shards shards) {
    Checkpoint newest =
        run.latest(checkpoint -> isOfSchedule(phase, checkpoint))
            .orElseGet(() -> isAnyDueBefore(phase, astray) ? lastGood(shards) : beginning(shards));
    if (astray.round() > begun.astray()) {
      return newest;
    }
    return run.best()
        .filter(best -> best.round() >= phase.first() && best.round() < newest.round())
        .orElse(newest);
  }

  /**
   * Whether the schedule has had a checkpoint, which then cannot be read; where it has not, one
   * that can be read is from where the run was stopped.
   */
  private boolean isAnyDueBefore(TrainingPlan.Phase phase, AstrayException astray) {
    return phase.number() > 0 || astray.round() > plan.common().checkpoints().every();
  }

  private boolean isOfSchedule(TrainingPlan.Phase phase, Checkpoint checkpoint) {
    return checkpoint.round() <= phase.first()
        || plan.isCheckpointDue(phase, checkpoint.round())
        || checkpoint.heldOutLoss() == checkpoint.best();
  }

  private void requireSameModel(FlowConfig found) {
    if (!found.equals(model)) {
      throw new DataException(
          run.uri()
              + ": the checkpoint's model is ("
              + found
              + "), the configuration asks for ("
              + model
              + ")");
    }
  }

  private FlowModel newModel(Shards shards) {
    FlowModel start = target.start();
    if (start != null) {
      requireSameModel(start.layer().flow());
    }
    return newModel(shards, plan.first(), start);
  }

  /**
   * A model to be trained in a phase.
   *
   * @param start whose parameters and transform it takes; null for new ones
   */
  private FlowModel newModel(Shards shards, PhaseConfig phase, FlowModel start) {
    FlowLayer layer =
        new FlowLayer(model, initialisation, solver, divergence, phase.regularisation());
    shards.describe(layer, phase);
    MultiLayerNetwork network =
        FlowNetwork.create(
            layer,
            Updaters.of(phase.update().updater(), phase.update().rate().height()),
            phase.update().clipNorm(),
            plan.common().seed(),
            plan.common().dtype());
    if (start == null) {
      return new FlowModel(network, shards.transform());
    }
    StateVector.of(start.network().params()).load(network.params());
    return new FlowModel(network, start.transform());
  }
}
