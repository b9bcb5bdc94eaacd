package org.rgflow.spark.train.shards;

import java.util.Locale;
import java.util.Optional;
import org.rgflow.data.Moments;

/**
 * Whether real values, which are learnt as they are, are near the base's mean 0 and deviation 1.
 */
final class ValueSpread {
  private static final double FAR = 1;
  private static final double WIDE = 3;

  private ValueSpread() {}

  /** What to say of the first channel that is far from both; empty if none is. */
  static Optional<String> warning(Moments moments) {
    for (int channel = 0; channel < moments.channels(); channel++) {
      double mean = moments.mean()[channel];
      double deviation = moments.deviation()[channel];
      if (Math.abs(mean) > FAR || deviation > WIDE || deviation < 1 / WIDE) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "real values of the training data have mean %.4g and standard deviation %.4g in"
                    + " channel %d of %d; they are learnt as they are, by a flow that begins at 0"
                    + " and 1: set values.standardise to true",
                mean,
                deviation,
                channel,
                moments.channels()));
      }
    }
    return Optional.empty();
  }
}
