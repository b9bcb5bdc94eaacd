package org.rgflow.spark.train;

import java.util.function.Supplier;
import org.rgflow.spark.model.FlowModel;

/** Told of a run's progress, on the driver's thread; it may ask for an end. */
public interface TrainingListener {
  /** Data and model are ready. */
  default void started(TrainingStart start) {}

  /** A round is done. */
  default void round(RoundReport report) {}

  /**
   * A round has been validated.
   *
   * @param model that was: what would be released now; made when it is asked for
   */
  default void validated(RoundReport report, Supplier<FlowModel> model) {}

  /** A checkpoint is complete; it is written beside the rounds after it. */
  default void checkpoint(int round, String path) {}

  /** A round went astray, and training goes on from a checkpoint. */
  default void rolledBack(Rollback rollback) {}

  /** Whether no further round shall begin; what is done then goes to a checkpoint. */
  default boolean isStopRequested() {
    return false;
  }

  /** This listener and another; either may ask for an end. */
  default TrainingListener and(TrainingListener other) {
    TrainingListener one = this;
    return new TrainingListener() {
      @Override
      public void started(TrainingStart start) {
        one.started(start);
        other.started(start);
      }

      @Override
      public void round(RoundReport report) {
        one.round(report);
        other.round(report);
      }

      @Override
      public void validated(RoundReport report, Supplier<FlowModel> model) {
        one.validated(report, model);
        other.validated(report, model);
      }

      @Override
      public void checkpoint(int round, String path) {
        one.checkpoint(round, path);
        other.checkpoint(round, path);
      }

      @Override
      public void rolledBack(Rollback rollback) {
        one.rolledBack(rollback);
        other.rolledBack(rollback);
      }

      @Override
      public boolean isStopRequested() {
        return one.isStopRequested() || other.isStopRequested();
      }
    };
  }
}
