package org.rgflow.spark.physics;

import org.rgflow.flow.Pullback;

/** What chains walk on: U of places and its slope. */
public interface Potential {
  /**
   * U and dU/dz of places, and an energy that is reported of them.
   *
   * @param z [chain][coordinate] in one row
   * @throws org.rgflow.flow.ode.SolveException if the model cannot be solved there
   */
  Pullback at(double[] z, int chains);
}
