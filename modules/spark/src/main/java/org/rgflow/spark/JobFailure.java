package org.rgflow.spark;

import org.rgflow.data.DataException;
import org.rgflow.flow.ode.SolveException;

/** Finds in what Spark throws what went wrong in a task. */
public final class JobFailure {
  private JobFailure() {}

  /**
   * The first {@link DataException} or {@link SolveException} among a failure and its causes, whose
   * message is one line for a user; failing that the failure itself, unchecked.
   *
   * @param failure of an action: Spark's own exception is a checked one that no method declares, so
   *     catch {@code Exception}
   */
  public static RuntimeException unwrap(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataException || cause instanceof SolveException) {
        return (RuntimeException) cause;
      }
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure.getMessage(), failure);
  }
}
