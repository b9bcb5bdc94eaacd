package org.rgflow.spark.train.plan;

import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Regularisation;

/**
 * What a phase of a run minimises, and how.
 *
 * @param objective what is minimised
 * @param times slices of a batch of flow matching, each with a time of its own
 * @param regularisation of the losses that solve
 * @param rounds averages in all
 * @param batch examples of a local step
 * @param update a batch's step
 * @param averaging of the shards' steps
 */
public record PhaseConfig(
    Objective objective,
    int times,
    Regularisation regularisation,
    int rounds,
    int batch,
    UpdateConfig update,
    AveragingConfig averaging) {
  /** Checks the values. */
  public PhaseConfig {
    Allowed.range("times", times, 1, 65_536);
    Allowed.range("rounds", rounds, 1, 100_000_000);
    Allowed.range("batch", batch, 1, 65_536);
  }

  /** Examples that a shard sees in a round. */
  long examplesPerShard() {
    return (long) averaging.localSteps() * batch;
  }
}
