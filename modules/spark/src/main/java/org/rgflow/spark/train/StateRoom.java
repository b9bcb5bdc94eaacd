package org.rgflow.spark.train;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ParameterLayout;
import org.rgflow.spark.train.plan.UpdateConfig;
import org.rgflow.spark.train.plan.Updaters;

/** Room on the driver's heap for the state of a run, which every round broadcasts. */
final class StateRoom {
  private static final int MIB_BITS = 20;

  private StateRoom() {}

  /**
   * Checks that parameters and updater state are less than the heap: a run needs more than that,
   * and would end in an error of memory.
   *
   * @param heap bytes
   * @throws IllegalArgumentException if they are not
   */
  static void require(FlowConfig model, UpdateConfig update, DataType type, long heap) {
    long parameters = new ParameterLayout(model).size();
    long numbers =
        parameters + Updaters.of(update.updater(), update.rate().height()).stateSize(parameters);
    long bytes = numbers * type.width();
    if (bytes >= heap) {
      throw new IllegalArgumentException(
          "model.hidden must make a state of less than the driver's heap, "
              + (heap >> MIB_BITS)
              + " MiB (--driver-memory), was "
              + Arrays.toString(model.hidden())
              + ", whose "
              + parameters
              + " parameters take "
              + (bytes >> MIB_BITS)
              + " MiB with train.updater "
              + update.updater());
    }
  }
}
