package org.rgflow.spark.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.BlockManagerId;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rgflow.data.Block;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.ingest.JobFailure;
import org.rgflow.spark.model.FlowModel;

/** The rounds of a phase: what they share, and what they hand on. */
final class Rounds {
  private final JavaSparkContext spark;
  private final TrainingPlan plan;
  private final TrainingPlan.Phase phase;
  private final TrainingConfig config;
  private final RunFolder folder;
  private final TrainingListener listener;
  private final FlowModel flow;
  private final MultiLayerNetwork network;
  private final Shards shards;
  private final OuterStep outer;
  private final MovingAverage average;
  private final String networkJson;
  private final Minibatches minibatches;
  private final int first;
  private final int rollbacks;
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
    this.config = phase.config();
    this.folder = folder;
    this.listener = listener;
    this.flow = state.model();
    this.network = flow.network();
    this.shards = shards;
    this.average = new MovingAverage(config.averageDecay(), state.average());
    this.outer = new OuterStep(config.outerRate(), config.outerMomentum(), state.outerVelocity());
    this.networkJson = network.getLayerWiseConfigurations().toJson();
    this.minibatches = shards.minibatches(flow, config);
    this.first = state.round();
    this.rollbacks = state.rollbacks();
    this.begin = begin;
    this.best = state.best();
    this.heldOut = new ArrayList<>(state.heldOut());
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
        double[] parameters = flow.parameters();
        requireUsable(report, parameters);
        average.add(parameters);
        boolean timeLeft = config.maxSeconds() == 0 || secondsSince(begin) < config.maxSeconds();
        boolean stops = listener.isStopRequested();
        goesOn = timeLeft && !stops;
        report = validated(report, !timeLeft && !stops);
        folder.appendMetrics(MetricsLine.of(report));
        listener.round(report);
        if (report.heldOut() != null) {
          listener.validated(report, () -> flow.with(average.values()));
        }
        boolean isBest = report.heldOut() != null && report.heldOut().loss() == best;
        boolean isDue = round == phase.end() || round % config.checkpointEvery() == 0;
        if (isDue || isBest || !goesOn) {
          Checkpoint state = state(round, report);
          upload.begin(round, folder.save(state, config.seed(), config.retention()));
        }
      }
      return new End(state(round, null), heldOutLoss);
    }
  }

  private Checkpoint state(int round, RoundReport report) {
    return new Checkpoint(
        round,
        flow.after(round),
        outer.velocity(),
        average.values(),
        best,
        List.copyOf(heldOut),
        report == null || report.heldOut() == null ? Double.NaN : report.heldOut().loss(),
        rollbacks);
  }

  private RoundReport step(int round, double secondsPerRound) {
    long started = System.nanoTime();
    List<ShardResult> results = localSteps(round);
    requireModest(round + 1, results);
    double taskSeconds = results.stream().mapToDouble(ShardResult::seconds).max().orElse(0);
    double seconds = secondsSince(started);
    long seen = results.stream().mapToLong(ShardResult::examples).sum();
    double negative = results.stream().mapToDouble(ShardResult::negativeLogDensity).sum();
    long examples = phase.examplesBefore() + seen * (round + 1 - phase.first());
    boolean isMatching = config.objective() == Objective.FLOW_MATCHING;
    List<Double> matching = levelLosses(results, seen);
    return new RoundReport(
        round + 1,
        plan.rounds(),
        phase.end(),
        shards.size() == 0 ? 0 : (double) examples / shards.size(),
        examples,
        config.objective(),
        flow.unit(),
        isMatching
            ? matching.stream().mapToDouble(Double::doubleValue).sum()
            : flow.lossPerDimension(negative / seen),
        matching,
        null,
        results.stream().mapToDouble(ShardResult::gradientNorm).max().orElse(Double.NaN),
        results.stream().mapToDouble(ShardResult::kinetic).sum() / seen,
        results.stream().mapToDouble(ShardResult::jacobian).sum() / seen,
        seconds,
        seen / seconds,
        Math.max(seconds, secondsPerRound) * (phase.end() - round - 1),
        Math.max(0, 1 - taskSeconds / seconds),
        Straggler.of(results));
  }

  /** A batch whose gradient is clipped moves no further than another, so most of them must tell. */
  private void requireModest(int round, List<ShardResult> results) {
    boolean isClipped = config.clipNorm() > 0;
    double norm =
        results.stream()
            .mapToDouble(isClipped ? ShardResult::medianGradientNorm : ShardResult::gradientNorm)
            .max()
            .orElse(Double.NaN);
    double limit = config.recovery().explosionNorm();
    if (norm > limit) {
      throw new AstrayException(
          round,
          (isClipped ? "the median of gradients' norms was " : "a gradient's norm was ")
              + norm
              + ", allowed by train.explosionNorm: "
              + limit);
    }
  }

  private void requireUsable(RoundReport report, double[] parameters) {
    boolean finite =
        Double.isFinite(report.trainLoss()) && Arrays.stream(parameters).allMatch(Double::isFinite);
    if (!finite) {
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

  private List<ShardResult> localSteps(int round) {
    spark.setJobDescription("round " + (round + 1) + "/" + plan.rounds() + ": gradients");
    int ofPhase = round - phase.first();
    double rate = config.rate(ofPhase, heldOut) * config.recovery().share(rollbacks);
    try {
      return config.master() == TrainingConfig.Master.DL4J
          ? new StockMaster(spark, config, minibatches)
              .round(network, shards.blocks(), ofPhase, rate)
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

  /** Every shard's steps, and the network with what they average to. */
  private List<ShardResult> averaged(int round, int ofPhase, double rate) {
    NetworkState start = NetworkState.of(network);
    Broadcast<NetworkState> state = spark.broadcast(start);
    LocalSteps steps =
        new LocalSteps(
            folder.uri() + "#" + phase.number(),
            networkJson,
            minibatches,
            config.localSteps(),
            ofPhase,
            rate);
    try {
      List<ShardResult> results =
          shards
              .blocks()
              .mapPartitionsWithIndex(
                  (shard, blocks) -> train(steps, shard, blocks, state.value()), true)
              .collect();
      for (ShardResult result : results) {
        if (result.failure() != null) {
          throw new AstrayException(round + 1, "shard " + result.shard() + ", " + result.failure());
        }
      }
      double[] parameters = NetworkState.average(results, NetworkState::parameters);
      double[] updater = NetworkState.average(results, NetworkState::updater);
      new NetworkState(
              StateVector.of(outer.apply(start.parameters().toDoubles(), parameters)),
              StateVector.of(updater))
          .load(network);
      return results;
    } finally {
      state.destroy();
    }
  }

  private static Iterator<ShardResult> train(
      LocalSteps steps, int shard, Iterator<Block> blocks, NetworkState start) {
    ShardResult result = steps.run(shard, blocks.hasNext() ? blocks.next() : null, start);
    BlockManagerId here = SparkEnv.get().blockManager().blockManagerId();
    return List.of(result.on(here.executorId() + " on " + here.host())).iterator();
  }

  /**
   * A report with a validation where one is due, whose loss has a part in what follows, or where it
   * is asked for, whose loss has none: a run that goes on later must be what it had been without.
   */
  private RoundReport validated(RoundReport report, boolean isAskedFor) {
    heldOutLoss = Double.NaN;
    boolean due = report.round() == phase.end() || report.round() % config.validateEvery() == 0;
    if (!due && !isAskedFor) {
      return report;
    }
    spark.setJobDescription("round " + report.round() + "/" + report.rounds() + ": validation");
    long started = System.nanoTime();
    RoundReport.HeldOut found;
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
  private void requireResolved(RoundReport report, RoundReport.HeldOut found) {
    double limit = config.recovery().maxSolverError();
    if (config.objective() != Objective.FLOW_MATCHING && found.solverError() > limit) {
      throw new AstrayException(
          report.round(),
          "the training's step underrated the loss by "
              + found.solverError()
              + " "
              + report.unit()
              + ", allowed by train.maxSolverError: "
              + limit
              + " (raise solver.steps or train.jacobianWeight)");
    }
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }
}
