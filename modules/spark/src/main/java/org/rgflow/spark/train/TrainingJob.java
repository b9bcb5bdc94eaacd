package org.rgflow.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rgflow.data.Block;
import org.rgflow.data.DataException;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.physics.FreeEnergy;

/**
 * Trains a flow by averaging rounds on any Spark master.
 *
 * <p>A run has one phase or more, see {@link TrainingPlan}. The parameters after training are a
 * function of configuration, seed and data, bit for bit for one number of shards, whatever the
 * executors, the order of tasks, retries, or a resume between.
 */
public final class TrainingJob {
  private static final ObjectMapper JSON = new ObjectMapper();

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
    try (Shards shards = target.open(spark, model, solver, plan.common())) {
      return train(shards);
    }
  }

  private TrainingResult train(Shards shards) {
    Checkpoint state =
        run.latest().orElseGet(() -> Checkpoint.beginning(0, newModel(shards), Double.NaN));
    requireSameModel(state.model().layer().flow());
    shards.require(state.model());
    run.forgetMetricsAfter(state.round());
    listener.started(
        new TrainingStart(
            state.model().shape(),
            shards.size(),
            shards.heldOutSize(),
            state.model().network().numParams(),
            plan.common().shards(),
            state.round()));
    long begin = System.nanoTime();
    double heldOutLoss = Double.NaN;
    for (TrainingPlan.Phase phase : plan.after(state.round())) {
      if (state.round() == phase.first() && phase.number() > 0) {
        FlowModel begun = newModel(shards, phase.config(), state.released());
        state = Checkpoint.beginning(state.round(), begun, state.best());
      }
      Rounds rounds = new Rounds(phase, shards, state, begin);
      state = rounds.run();
      heldOutLoss = rounds.heldOutLoss;
      if (state.round() < phase.end()) {
        break; // out of time
      }
    }
    FlowModel last = state.released();
    run.publishModel(last);
    return new TrainingResult(last, state.round(), last.unit(), heldOutLoss, state.best());
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
    return newModel(shards, plan.common(), start);
  }

  /**
   * A model to be trained in a phase.
   *
   * @param start whose parameters and transform it takes; null for new ones
   */
  private FlowModel newModel(Shards shards, TrainingConfig phase, FlowModel start) {
    FlowLayer layer =
        new FlowLayer(
            model,
            initialisation,
            solver,
            divergence,
            new Regularisation(phase.kineticWeight(), phase.jacobianWeight()));
    shards.describe(layer, phase);
    MultiLayerNetwork network =
        FlowNetwork.create(
            layer,
            Updaters.of(phase.updater(), phase.learningRate()),
            phase.clipNorm(),
            phase.seed(),
            phase.dtype());
    if (start == null) {
      return new FlowModel(network, shards.transform());
    }
    StateVector.of(start.network().params()).load(network.params());
    return new FlowModel(network, start.transform());
  }

  /** The rounds of a phase: what they share, and what they hand on. */
  private final class Rounds {
    private final TrainingPlan.Phase phase;
    private final TrainingConfig config;
    private final FlowModel flow;
    private final MultiLayerNetwork network;
    private final Shards shards;
    private final OuterStep outer;
    private final MovingAverage average;
    private final String networkJson;
    private final Minibatches minibatches;
    private final int first;
    private final long begin;
    private final List<Double> heldOut;
    private double best;
    private double heldOutLoss = Double.NaN;

    /**
     * @param state to go on from
     * @param begin of the whole run, in nanoseconds
     */
    Rounds(TrainingPlan.Phase phase, Shards shards, Checkpoint state, long begin) {
      this.phase = phase;
      this.config = phase.config();
      this.flow = state.model();
      this.network = flow.network();
      this.shards = shards;
      this.average = new MovingAverage(config.averageDecay(), state.average());
      this.outer = new OuterStep(config.outerRate(), config.outerMomentum(), state.outerVelocity());
      MultiLayerConfiguration configuration = network.getLayerWiseConfigurations();
      this.networkJson = configuration.toJson();
      this.minibatches = shards.minibatches(flow, config);
      this.first = state.round();
      this.begin = begin;
      this.best = state.best();
      this.heldOut = new ArrayList<>(state.heldOut());
    }

    /** Runs them to the phase's end, or until time is up. */
    Checkpoint run() {
      long started = System.nanoTime();
      int round = first;
      boolean timeLeft = true;
      while (round < phase.end() && timeLeft) {
        double averaged = secondsSince(started) / Math.max(1, round - first);
        RoundReport report = step(round, averaged);
        round++;
        average.add(flow.parameters());
        timeLeft = config.maxSeconds() == 0 || secondsSince(begin) < config.maxSeconds();
        boolean last = round == phase.end() || !timeLeft;
        if (last || round % config.validateEvery() == 0) {
          report = validated(report);
        }
        run.appendMetrics(json(report));
        listener.round(report);
        if (last || round % config.checkpointEvery() == 0) {
          listener.checkpoint(round, run.save(state(round), config.keepCheckpoints()));
        }
      }
      return state(round);
    }

    private Checkpoint state(int round) {
      return new Checkpoint(
          round, flow.after(round), outer.velocity(), average.values(), best, List.copyOf(heldOut));
    }

    private RoundReport step(int round, double secondsPerRound) {
      long begin = System.nanoTime();
      List<ShardResult> results =
          config.master() == TrainingConfig.Master.DL4J
              ? new StockMaster(spark, config, minibatches)
                  .round(
                      network,
                      shards.blocks(),
                      round - phase.first(),
                      config.rate(round - phase.first(), heldOut))
              : localSteps(round - phase.first());
      double taskSeconds = results.stream().mapToDouble(ShardResult::seconds).max().orElse(0);
      double seconds = (System.nanoTime() - begin) / 1e9;
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
          results.stream().mapToDouble(ShardResult::kinetic).sum() / seen,
          results.stream().mapToDouble(ShardResult::jacobian).sum() / seen,
          seconds,
          seen / seconds,
          Math.max(seconds, secondsPerRound) * (phase.end() - round - 1),
          Math.max(0, 1 - taskSeconds / seconds));
    }

    /** Means over examples; none for likelihoods. */
    private List<Double> levelLosses(List<ShardResult> results, long examples) {
      int levels = results.get(0).levelLosses().length;
      return IntStream.range(0, levels)
          .mapToObj(l -> results.stream().mapToDouble(r -> r.levelLosses()[l]).sum() / examples)
          .toList();
    }

    /**
     * @param round of the phase, counted from 0
     */
    private List<ShardResult> localSteps(int round) {
      NetworkState start = NetworkState.of(network);
      Broadcast<NetworkState> state = spark.broadcast(start);
      LocalSteps steps =
          new LocalSteps(
              run.uri() + "#" + phase.number(),
              networkJson,
              minibatches,
              config.localSteps(),
              round,
              config.rate(round, heldOut));
      spark.setJobDescription(
          "round " + (phase.first() + round + 1) + "/" + plan.rounds() + ": gradients");
      try {
        List<ShardResult> results =
            shards
                .blocks()
                .mapPartitionsWithIndex(
                    (shard, blocks) -> train(steps, shard, blocks, state.value()), true)
                .collect();
        double[] average = NetworkState.average(results, NetworkState::parameters);
        double[] updater = NetworkState.average(results, NetworkState::updater);
        new NetworkState(
                StateVector.of(outer.apply(start.parameters().toDoubles(), average)),
                StateVector.of(updater))
            .load(network);
        return results;
      } finally {
        state.destroy();
        spark.setJobDescription(null);
      }
    }

    private RoundReport validated(RoundReport report) {
      spark.setJobDescription("round " + report.round() + "/" + report.rounds() + ": validation");
      RoundReport.HeldOut found;
      try {
        found = shards.validate(flow, average.values());
      } finally {
        spark.setJobDescription(null);
      }
      if (found == null) {
        return report;
      }
      heldOutLoss = found.loss();
      heldOut.add(heldOutLoss);
      best = Double.isNaN(best) ? heldOutLoss : Math.min(best, heldOutLoss);
      return report.with(found);
    }
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }

  private static Iterator<ShardResult> train(
      LocalSteps steps, int shard, Iterator<Block> blocks, NetworkState start) {
    return List.of(steps.run(shard, blocks.hasNext() ? blocks.next() : null, start)).iterator();
  }

  private static void put(ObjectNode line, FreeEnergy found) {
    line.put("free_energy", found.mean());
    line.put("bound", found.bound());
    line.put("bound_error", found.boundError());
    line.put("log_z", found.logPartition());
    line.put("log_z_error", found.logPartitionError());
    line.put("ess", found.effectiveSampleSize());
  }

  private static String json(RoundReport report) {
    ObjectNode line = JSON.createObjectNode();
    line.put("round", report.round());
    line.put("epoch", report.epoch());
    line.put("examples", report.examples());
    line.put("objective", ConstantNames.of(report.objective()));
    line.put("unit", report.unit());
    line.put("train_loss", report.trainLoss());
    if (report.heldOut() != null) {
      line.put("held_out_loss", report.heldOut().loss());
      line.put("solver_error", report.heldOut().solverError());
      if (report.heldOut().freeEnergy() != null) {
        put(line, report.heldOut().freeEnergy());
      }
    }
    if (!report.levelLosses().isEmpty()) {
      report.levelLosses().forEach(line.putArray("level_losses")::add);
    }
    line.put("kinetic", report.kinetic());
    line.put("jacobian", report.jacobian());
    line.put("seconds", report.seconds());
    line.put("examples_per_second", report.examplesPerSecond());
    line.put("driver_share", report.driverShare());
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a line of metrics is JSON", e);
    }
  }
}
