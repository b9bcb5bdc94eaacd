package org.rgflow.cli.config;

/** What a retraining does about how new images score under the champion. */
public enum RetrainDrift {
  /** They are not looked at. */
  IGNORE,
  /** It trains only if they have drifted. */
  REQUIRE,
  /** It trains only if they have not. */
  REFUSE;

  /** Whether it retrains, where new images have drifted or not. */
  public boolean lets(boolean drifted) {
    return this == IGNORE || drifted == (this == REQUIRE);
  }
}
