package org.rgflow.spark.train.shards;

import org.apache.spark.api.java.JavaRDD;
import org.rgflow.data.Block;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.train.plan.PhaseConfig;

/** What the tasks of a run learn from and validate on, until it is closed. */
public interface Shards extends AutoCloseable {
  /** A partition for each shard, with a block of its examples or nothing. */
  JavaRDD<Block> blocks();

  /** Examples in all shards; 0 where they have no end. */
  long size();

  /** Examples that are not learnt from. */
  long heldOutSize();

  /** Of those the examples that a validation is on. */
  long validatedSize();

  /**
   * Checks that a model goes with them.
   *
   * @throws DataException naming what does not
   */
  void require(FlowModel model);

  /** What turns examples into a new model's input. */
  ExampleTransform transform();

  /** Says what a new model is trained by in a phase. */
  void describe(FlowLayer layer, PhaseConfig phase);

  /** The minibatches of a model in a phase. */
  Minibatches minibatches(FlowModel model, PhaseConfig phase);

  /** What a validation of parameters finds; null where there is nothing to validate on. */
  HeldOut validate(FlowModel model, double[] parameters);

  @Override
  void close();
}
