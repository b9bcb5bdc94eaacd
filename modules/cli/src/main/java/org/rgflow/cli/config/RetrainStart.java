package org.rgflow.cli.config;

/** What a retraining's parameters are at first. */
public enum RetrainStart {
  CHAMPION,
  FRESH
}
