package org.rgflow.cli;

/** What a retraining's parameters are at first. */
enum RetrainStart {
  CHAMPION,
  FRESH
}
