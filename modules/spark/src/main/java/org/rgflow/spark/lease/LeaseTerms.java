package org.rgflow.spark.lease;

import java.time.Duration;

/**
 * How a lease is taken.
 *
 * @param purpose what it is for, shown to others
 * @param length after which one that is not renewed ends
 * @param patience how long to wait for one that another holds
 * @param waitsForTheLiving whether to wait too where the other is seen to be alive
 */
public record LeaseTerms(
    String purpose, Duration length, Duration patience, boolean waitsForTheLiving) {
  /** Checks the durations. */
  public LeaseTerms {
    if (length.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("a lease is of at least 1 s, was " + length);
    }
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience must be at least 0 s, was " + patience);
    }
  }

  /** For something that may wait for whoever has it. */
  public LeaseTerms(String purpose, Duration length, Duration patience) {
    this(purpose, length, patience, true);
  }

  /** For something short, of people. */
  public static LeaseTerms brief(String purpose) {
    return new LeaseTerms(purpose, Duration.ofMinutes(1), Duration.ZERO);
  }

  /**
   * For a job, which waits for as long as another's claim lives on that died where nobody sees it,
   * such as on a machine that was lost.
   */
  public static LeaseTerms ofJob(String purpose) {
    return new LeaseTerms(purpose, Duration.ofMinutes(1), Duration.ZERO, false).outlastingTheDead();
  }

  /** These, waiting at least for as long as a claim of this length lives on without its owner. */
  public LeaseTerms outlastingTheDead() {
    Duration outlasting = length.plus(Claim.SKEW).plusSeconds(30);
    boolean isPatient = patience.compareTo(outlasting) >= 0;
    return new LeaseTerms(purpose, length, isPatient ? patience : outlasting, waitsForTheLiving);
  }
}
