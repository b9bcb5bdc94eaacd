package org.rgflow.cli;

/** What follows flow matching in the same run. */
enum Then {
  NONE,
  LIKELIHOOD
}
