package org.rgflow.spark.registry;

import java.time.Duration;

/**
 * How a lease is taken.
 *
 * @param purpose what it is for, shown to others
 * @param length after which one that is not renewed ends
 * @param patience how long to wait for one that another holds
 */
public record LeaseTerms(String purpose, Duration length, Duration patience) {
  /** Checks the durations. */
  public LeaseTerms {
    if (length.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("a lease is of at least 1 s, was " + length);
    }
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience must be at least 0 s, was " + patience);
    }
  }

  /** For something short, of people. */
  public static LeaseTerms brief(String purpose) {
    return new LeaseTerms(purpose, Duration.ofMinutes(1), Duration.ZERO);
  }
}
