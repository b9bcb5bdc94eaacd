package org.rgflow.spark.train.plan;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * What the phases of a run have in common.
 *
 * @param shards partitions of the data, each trained by one task; the result depends on it
 * @param seed of parameters, noise, order and split
 * @param dtype FLOAT or DOUBLE
 * @param master who averages
 * @param validation of what is learnt
 * @param checkpoints that are written
 * @param recovery from a round that went astray
 * @param maxSeconds after which no further round begins, 0 for no limit
 */
public record TrainingConfig(
    int shards,
    long seed,
    DataType dtype,
    Master master,
    Validation validation,
    Checkpointing checkpoints,
    Recovery recovery,
    double maxSeconds) {
  /** Checks the values. */
  public TrainingConfig {
    Allowed.range("shards", shards, 1, 1_000_000);
    Allowed.require(
        dtype == DataType.FLOAT || dtype == DataType.DOUBLE,
        "dtype must be float32 or float64, was " + dtype);
    Allowed.require(maxSeconds >= 0, "maxSeconds must be at least 0, was " + maxSeconds);
  }

  /** Who averages. */
  public enum Master {
    /** This package: weighted, in a fixed order, with checkpoints. */
    AVERAGING,
    /** DL4J's ParameterAveragingTrainingMaster, for comparison. */
    DL4J
  }
}
