package org.rgflow.spark.train.plan;

import org.rgflow.spark.run.Retention;

/**
 * When checkpoints are written, and which stay.
 *
 * @param every rounds between two
 * @param retention of those there are
 */
public record Checkpointing(int every, Retention retention) {
  /** Checks the values. */
  public Checkpointing {
    Allowed.range("checkpointEvery", every, 1, 1_000_000);
  }
}
