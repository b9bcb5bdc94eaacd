package org.rgflow.spark.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.Checkpoint;
import org.rgflow.spark.run.CheckpointUpload;
import org.rgflow.spark.run.Retention;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.train.averaging.AveragingRound;
import org.rgflow.spark.train.averaging.Exchange;
import org.rgflow.spark.train.averaging.LocalSteps;
import org.rgflow.spark.train.averaging.MovingAverage;
import org.rgflow.spark.train.averaging.NetworkState;
import org.rgflow.spark.train.averaging.OuterStep;
import org.rgflow.spark.train.averaging.ShardResult;
import org.rgflow.spark.train.averaging.Straggler;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.shards.HeldOut;
import org.rgflow.spark.train.shards.Minibatches;
import org.rgflow.spark.train.shards.Shards;

/** The rounds of a phase: what they share, and what they hand on. */
final class Rounds {
  private final JavaSparkContext spark;
  private final TrainingPlan plan;
  private final TrainingPlan.Phase phase;
  private final TrainingConfig common;
  private final PhaseConfig config;
  private final RunFolder folder;
  private final TrainingListener listener;
  private final FlowModel flow;
  private final MultiLayerNetwork network;
  private final Shards shards;
  private final OuterStep outer;
  private final MovingAverage average;
  private final String networkJson;
  private final Minibatches minibatches;
  private final long evaluations;
  private final int first;
  private final int rollbacks;
  private final int astray;
  private final long begin;
  private final List<Double> heldOut;
  private double best;
  private double heldOutLoss = Double.NaN;

  /**
   * @param state to go on from
   * @param begin of the whole run, in nanoseconds
   */
  Rounds(
      JavaSparkContext spark,
      TrainingPlan plan,
      TrainingPlan.Phase phase,
      Shards shards,
      RunFolder folder,
      TrainingListener listener,
      Checkpoint state,
      long begin) {
    this.spark = spark;
    this.plan = plan;
    this.phase = phase;
    this.common = plan.common();
    this.config = phase.config();
    this.folder = folder;
    this.listener = listener;
    this.flow = state.model();
    this.network = flow.network();
    this.shards = shards;
    this.average = new MovingAverage(config.averaging().decay(), state.average());
    this.outer =
        new OuterStep(
            config.averaging().outerRate(),
            config.averaging().outerMomentum(),
            state.outerVelocity());
    this.networkJson = network.getLayerWiseConfigurations().toJson();
    this.minibatches = shards.minibatches(flow, config);
    this.evaluations = evaluations(flow.layer(), config.objective());
    this.first = state.round();
    this.rollbacks = state.rollbacks();
    this.astray = state.astray();
    this.begin = begin;
    this.best = state.best();
    this.heldOut = new ArrayList<>(state.heldOut());
  }

  private static long evaluations(FlowLayer layer, Objective objective) {
    return objective == Objective.FLOW_MATCHING
        ? layer.flow().levels().size()
        : layer.solver().evaluations(layer.flow().odes()).orElse(0);
  }

  /**
   * What rounds came to.
   *
   * @param heldOutLoss of the last round's validation; NaN without one
   */
  record End(Checkpoint state, double heldOutLoss) {}

  /**
   * Runs them to the phase's end, until time is up, or until the listener asks for an end.
   *
   * @throws AstrayException when a round's result is of no use
   */
  End run() {
    long started = System.nanoTime();
    int round = first;
    try (CheckpointUpload upload = new CheckpointUpload(listener::checkpoint)) {
      boolean goesOn = !listener.isStopRequested();
      while (round < phase.end() && goesOn) {
        double averaged = secondsSince(started) / Math.max(1, round - first);
        RoundReport report = step(round, averaged);
        round++;
        requireUsable(report);
        average.add(round - phase.first(), network.params());
        boolean timeLeft = common.maxSeconds() == 0 || secondsSince(begin) < common.maxSeconds();
        boolean stops = listener.isStopRequested();
        goesOn = timeLeft && !stops;
        report = validated(report, !timeLeft && !stops);
        double counted = counted(report);
        boolean isOfSchedule = plan.isCheckpointDue(phase, round) || counted == best;
        boolean isKept = isOfSchedule || !goesOn;
        folder.appendMetrics(MetricsLine.of(report));
        if (isKept || report.heldOut() != null) {
          folder.writeMetrics(); // before the checkpoint, which goes on from there
        }
        listener.round(report);
        if (report.heldOut() != null) {
          listener.validated(report, () -> flow.with(average.values()));
        }
        if (isKept) {
          upload.await(); // so that what is packed is written
          Checkpoint state = state(round, counted);
          upload.begin(round, folder.save(state, common.seed(), retention(isOfSchedule)));
        }
      }
      return new End(state(round, Double.NaN), heldOutLoss);
    }
  }

  /** The loss of a validation that is due, the only one that may be the best; NaN without one. */
  private double counted(RoundReport report) {
    return report.heldOut() != null && plan.isValidationDue(phase, report.round())
        ? report.heldOut().loss()
        : Double.NaN;
  }

  /** That of a stop takes no other's place, to which the run may have to go back. */
  private Retention retention(boolean isOfSchedule) {
    return isOfSchedule ? common.checkpoints().retention() : Retention.all();
  }

  private Checkpoint state(int round, double counted) {
    return new Checkpoint(
        round,
        flow.after(round),
        outer.velocity(),
        average.values(),
        best,
        List.copyOf(heldOut),
        counted,
        rollbacks,
        astray);
  }

  private RoundReport step(int round, double secondsPerRound) {
    long started = System.nanoTime();
    Steps taken = localSteps(round);
    List<ShardResult> results = taken.results();
    double seconds = secondsSince(started);
    long told = results.stream().mapToLong(ShardResult::examples).sum();
    double negative = results.stream().mapToDouble(ShardResult::negativeLogDensity).sum();
    long examples =
        phase.examplesBefore() + plan.examplesPerRound(config) * (round + 1 - phase.first());
    boolean isMatching = config.objective() == Objective.FLOW_MATCHING;
    List<Double> matching = levelLosses(results, told);
    return new RoundReport(
        new RoundReport.Place(
            round + 1,
            plan.rounds(),
            phase.end(),
            shards.size() == 0 ? 0 : (double) examples / shards.size(),
            examples),
        config.objective(),
        flow.unit(),
        new RoundReport.Steps(
            isMatching
                ? matching.stream().mapToDouble(Double::doubleValue).sum()
                : flow.lossPerDimension(negative / told),
            matching,
            results.stream().mapToDouble(ShardResult::gradientNorm).max().orElse(Double.NaN),
            results.stream().mapToDouble(ShardResult::kinetic).sum() / told,
            results.stream().mapToDouble(ShardResult::jacobian).sum() / told,
            evaluations),
        new RoundReport.Time(
            seconds,
            plan.examplesPerRound(config) / seconds,
            Math.max(seconds, secondsPerRound) * (phase.end() - round - 1),
            taken.exchange(),
            Straggler.of(results)),
        null);
  }

  /**
   * Solves that came to their end, and gradients within bounds; a batch whose gradient is clipped
   * moves no further than another, so most of them must tell.
   */
  private void requireModest(int round, List<ShardResult> results) {
    for (ShardResult result : results) {
      if (result.failure() != null) {
        throw new AstrayException(round, "shard " + result.shard() + ", " + result.failure());
      }
    }
    boolean isClipped = config.update().clipNorm() > 0;
    double norm =
        results.stream()
            .mapToDouble(isClipped ? ShardResult::medianGradientNorm : ShardResult::gradientNorm)
            .max()
            .orElse(Double.NaN);
    double limit = common.recovery().explosionNorm();
    if (norm > limit) {
      throw new AstrayException(
          round,
          (isClipped ? "the median of gradients' norms was " : "a gradient's norm was ")
              + norm
              + ", allowed by train.explosionNorm: "
              + limit);
    }
  }

  private void requireUsable(RoundReport report) {
    if (!Double.isFinite(report.steps().loss()) || !NetworkState.areParametersFinite(network)) {
      throw new AstrayException(report.round(), "a loss or parameter was not finite");
    }
  }

  /** Means over examples; none for likelihoods. */
  private static List<Double> levelLosses(List<ShardResult> results, long examples) {
    int levels = results.get(0).levelLosses().length;
    return IntStream.range(0, levels)
        .mapToObj(l -> results.stream().mapToDouble(r -> r.levelLosses()[l]).sum() / examples)
        .toList();
  }

  /** What shards came to, and what it took to send it. */
  private record Steps(List<ShardResult> results, Exchange exchange) {}

  private Steps localSteps(int round) {
    spark.setJobDescription(describe(round + 1, "gradients"));
    int ofPhase = round - phase.first();
    double rate =
        config.update().rate().at(ofPhase, config.rounds(), heldOut)
            * common.recovery().share(rollbacks);
    try {
      return common.master() == TrainingConfig.Master.DL4J
          ? new Steps(stock(round, ofPhase, rate), null)
          : averaged(round, ofPhase, rate);
    } catch (AstrayException e) {
      throw e;
    } catch (Exception e) {
      RuntimeException failure = JobFailure.unwrap(e);
      throw failure instanceof SolveException
          ? new AstrayException(round + 1, failure.getMessage())
          : failure;
    } finally {
      spark.setJobDescription(null);
    }
  }

  private List<ShardResult> stock(int round, int ofPhase, double rate) {
    List<ShardResult> results =
        new StockMaster(spark, common.shards(), config, minibatches)
            .round(network, shards.blocks(), ofPhase, rate);
    requireModest(round + 1, results);
    return results;
  }

  /** Every shard's steps, and the network with what they average to, if they are of use. */
  private Steps averaged(int round, int ofPhase, double rate) {
    LocalSteps steps =
        new LocalSteps(networkJson, minibatches, config.averaging().localSteps(), ofPhase, rate);
    try (AveragingRound averaging =
        new AveragingRound(spark, network, shards.blocks(), common.shards(), steps)) {
      List<ShardResult> results = averaging.results();
      requireModest(round + 1, results);
      spark.setJobDescription(describe(round + 1, "average"));
      return new Steps(results, averaging.average(outer));
    }
  }

  /**
   * A report with a validation where one is due, whose loss has a part in what follows, or where it
   * is asked for, whose loss has none: a run that goes on later must be what it had been without.
   */
  private RoundReport validated(RoundReport report, boolean isAskedFor) {
    heldOutLoss = Double.NaN;
    boolean due = plan.isValidationDue(phase, report.round());
    if (!due && !isAskedFor) {
      return report;
    }
    spark.setJobDescription(describe(report.round(), "validation"));
    long started = System.nanoTime();
    HeldOut found;
    try {
      found = shards.validate(flow, average.values());
    } catch (Exception e) {
      RuntimeException failure = JobFailure.unwrap(e);
      throw failure instanceof SolveException
          ? new AstrayException(report.round(), "validation, " + failure.getMessage())
          : failure;
    } finally {
      spark.setJobDescription(null);
    }
    if (found == null) {
      return report;
    }
    if (due) {
      requireResolved(report, found);
      heldOut.add(found.loss());
      best = Double.isNaN(best) ? found.loss() : Math.min(best, found.loss());
    }
    heldOutLoss = found.loss();
    return report.with(found.in(secondsSince(started)));
  }

  /** Matching solves nothing, so that it cannot learn what is wrong with a solver. */
  private void requireResolved(RoundReport report, HeldOut found) {
    double limit = common.recovery().maxSolverError();
    if (config.objective() != Objective.FLOW_MATCHING && found.solverError() > limit) {
      throw new AstrayException(
          report.round(),
          "the training's step underrated the loss by "
              + found.solverError()
              + " "
              + report.unit()
              + ", allowed by train.maxSolverError: "
              + limit
              + " (raise solver.grading, solver.steps or train.jacobianWeight)");
    }
  }

  private String describe(int round, String what) {
    return "round " + round + "/" + plan.rounds() + ": " + what;
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }
}
