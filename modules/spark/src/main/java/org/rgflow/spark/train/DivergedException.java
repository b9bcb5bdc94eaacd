package org.rgflow.spark.train;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A run that went astray again and again, at ever smaller rates. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param behind rollbacks of the phase, those before a resume included
   * @param rollbacks of this process, in order; maybe none
   * @param last the round that was one too many
   */
  DivergedException(int behind, List<Rollback> rollbacks, AstrayException last) {
    super(
        String.format(
            Locale.ROOT,
            "round %d went astray after %d rollbacks: %s%s; lower train.learningRate, or limit"
                + " gradients by train.clipNorm",
            last.round(),
            behind,
            last.getMessage(),
            rollbacks.stream().map(DivergedException::told).collect(Collectors.joining())),
        last);
  }

  private static String told(Rollback rollback) {
    return String.format(
        Locale.ROOT,
        "; before that round %d, back to round %d with %s of the rate",
        rollback.astray(),
        rollback.round(),
        rollback.share());
  }
}
