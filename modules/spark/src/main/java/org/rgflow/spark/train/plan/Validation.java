package org.rgflow.spark.train.plan;

/**
 * When a run looks at examples that it does not learn from, and at how many.
 *
 * @param heldOutFraction of the training data kept for it where no other data is given
 * @param every rounds between two
 * @param examples at most, of the held-out ones: where there are more, so many of the lowest places
 *     in the split by seed and key, and so from all over the set
 */
public record Validation(double heldOutFraction, int every, int examples) {
  /** Checks the values. */
  public Validation {
    Allowed.require(
        heldOutFraction >= 0 && heldOutFraction < 1,
        "heldOutFraction must be in [0, 1), was " + heldOutFraction);
    Allowed.range("validateEvery", every, 1, 1_000_000);
    Allowed.range("validationExamples", examples, 1, Integer.MAX_VALUE);
  }
}
