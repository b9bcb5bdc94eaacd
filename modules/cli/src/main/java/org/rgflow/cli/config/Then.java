package org.rgflow.cli.config;

/** What follows flow matching in the same run. */
public enum Then {
  NONE,
  LIKELIHOOD
}
