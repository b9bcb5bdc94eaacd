package org.rgflow.cli;

/** What a retraining does about how new images score under the champion. */
enum RetrainDrift {
  /** They are not looked at. */
  IGNORE,
  /** It trains only if they have drifted. */
  REQUIRE,
  /** It trains only if they have not. */
  REFUSE;

  boolean lets(boolean drifted) {
    return this == IGNORE || drifted == (this == REQUIRE);
  }
}
