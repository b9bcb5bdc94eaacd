package org.rgflow.spark.physics;

import java.io.Serializable;

/** Numbered items in batches of one size, each a function of its number and the parameters. */
public interface LatentBatches extends Serializable {
  /** Batches that hold so many items; the last may hold more. */
  int batches(int items);

  /**
   * Some quantities of each item of some batches.
   *
   * @param batches their numbers
   * @return [quantity][item]
   */
  double[][] evaluate(double[] parameters, int... batches);
}
