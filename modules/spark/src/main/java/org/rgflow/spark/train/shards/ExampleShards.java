package org.rgflow.spark.train.shards;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.rgflow.data.Block;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ingest.DecodedShard;
import org.rgflow.spark.ingest.Examples;
import org.rgflow.spark.ingest.Selection;
import org.rgflow.spark.model.BatchScorer;
import org.rgflow.spark.model.ExampleClasses;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shards of examples, decoded once and kept on the executors; of the held-out ones those that are
 * validated on, see {@link ValidatedExamples}.
 */
final class ExampleShards implements Shards {
  private static final Logger LOG = LoggerFactory.getLogger(ExampleShards.class);

  private final JavaSparkContext spark;
  private final FlowConfig model;
  private final SolverConfig solver;
  private final TrainingPlan plan;
  private final TrainingConfig config;
  private final TrainingInput input;
  private final List<JavaRDD<?>> kept = new ArrayList<>();
  private final JavaRDD<Block> blocks;
  private final JavaRDD<Block> validated;
  private final long size;
  private final long heldOutSize;
  private final long validatedSize;

  ExampleShards(
      JavaSparkContext spark,
      FlowConfig model,
      SolverConfig solver,
      TrainingPlan plan,
      TrainingInput input) {
    this.spark = spark;
    this.model = model;
    this.solver = solver;
    this.plan = plan;
    this.config = plan.common();
    this.input = input;
    boolean split = input.validation() == null;
    Selection learning =
        split
            ? Selection.notHeldOut(config.seed(), config.validation().heldOutFraction())
            : Selection.all();
    JavaRDD<DecodedShard> training =
        kept(labelled(input.training()).shards(config.shards(), learning));
    JavaRDD<DecodedShard> validation = kept(heldOut(split));
    try {
      this.blocks = decoded(training);
      JavaRDD<Block> heldOut = decoded(validation);
      List<Integer> sizes = blocks.map(Block::size).collect();
      this.size = sum(sizes);
      this.heldOutSize = sum(heldOut.map(Block::size).collect());
      if (sizes.size() < config.shards()) {
        throw new EmptyShards(config, size, split ? heldOutSize : 0, sizes.size()).refusal();
      }
      if (!input.training().isPixels() && !input.transform().standardisesValues()) {
        ValueSpread.warning(TransformFit.moments(blocks, model.channels())).ifPresent(LOG::warn);
      }
      if (heldOutSize <= config.validation().examples()) {
        this.validated = heldOut;
        this.validatedSize = heldOutSize;
      } else {
        this.validated =
            kept(ValidatedExamples.of(heldOut, config.seed(), config.validation().examples()));
        this.validatedSize = sum(validated.map(Block::size).collect());
        validation.unpersist(); // of which only these are needed
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private JavaRDD<DecodedShard> heldOut(boolean split) {
    return split
        ? labelled(input.training())
            .shards(
                config.shards(),
                Selection.heldOut(config.seed(), config.validation().heldOutFraction()))
        : labelled(input.validation()).shards(config.shards(), Selection.all());
  }

  private Examples labelled(Examples examples) {
    return model.classes().isEmpty() ? examples : examples.labelled();
  }

  private <T> JavaRDD<T> kept(JavaRDD<T> shards) {
    kept.add(shards.persist(StorageLevel.MEMORY_AND_DISK()));
    return shards;
  }

  private static long sum(List<Integer> sizes) {
    return sizes.stream().mapToLong(Integer::longValue).sum();
  }

  /** The blocks of shards, the first error among which is thrown here. */
  private JavaRDD<Block> decoded(JavaRDD<DecodedShard> shards) {
    FlowConfig flow = model;
    List<String> errors =
        shards.map(shard -> error(shard, flow)).filter(error -> error != null).collect();
    if (!errors.isEmpty()) {
      throw new DataException(errors.get(0));
    }
    return shards.map(DecodedShard::require);
  }

  /** What is wrong with a shard, or with the class of one of its examples; null if nothing. */
  private static String error(DecodedShard shard, FlowConfig model) {
    if (shard.error() != null || model.classes().isEmpty()) {
      return shard.error();
    }
    try {
      ExampleClasses.require(model, shard.require());
    } catch (DataException e) {
      return e.getMessage();
    }
    return null;
  }

  @Override
  public JavaRDD<Block> blocks() {
    return blocks;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long heldOutSize() {
    return heldOutSize;
  }

  @Override
  public long validatedSize() {
    return validatedSize;
  }

  @Override
  public void require(FlowModel found) {
    input.require(found.shape(), found.isOfPixels());
  }

  @Override
  public ExampleTransform transform() {
    return input.training().isPixels()
        ? TransformFit.ofPixels(input.transform().pixels(), blocks, model.channels(), config.seed())
        : TransformFit.ofValues(input.transform(), blocks, model.channels());
  }

  @Override
  public void describe(FlowLayer layer, PhaseConfig phase) {
    if (phase.objective() == Objective.FLOW_MATCHING) {
      layer.trainedByFlowMatching(phase.times());
    }
  }

  @Override
  public Minibatches minibatches(FlowModel found, PhaseConfig phase) {
    return new ExampleMinibatches(
        phase.batch(),
        config.seed(),
        input.augmentation(),
        found.transform(),
        LabelNoise.of(found.layer(), found.isOfPixels(), phase.batch(), config.seed()),
        config.dtype());
  }

  @Override
  public HeldOut validate(FlowModel found, double[] parameters) {
    if (validatedSize == 0) {
      return null;
    }
    Broadcast<double[]> state = spark.broadcast(parameters);
    BatchScorer fine = scorer(found, solver.finer());
    BatchScorer asTrained = scorer(found, solver);
    try {
      List<double[]> sums =
          validated
              .map(
                  block ->
                      new double[] {
                        HeldOutScore.sum(fine, block, state.value()),
                        HeldOutScore.sum(asTrained, block, state.value())
                      })
              .collect();
      double[] all = new double[2];
      for (double[] sum : sums) {
        for (int i = 0; i < all.length; i++) {
          all[i] += sum[i];
        }
      }
      double loss = found.lossPerDimension(all[0] / validatedSize);
      return new HeldOut(loss, loss - found.lossPerDimension(all[1] / validatedSize), null);
    } finally {
      state.destroy();
    }
  }

  private BatchScorer scorer(FlowModel found, SolverConfig steps) {
    return new BatchScorer(
        model,
        steps,
        DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
        found.transform(),
        plan.first().batch(),
        config.seed());
  }

  @Override
  public void close() {
    kept.forEach(shards -> shards.unpersist());
  }
}
