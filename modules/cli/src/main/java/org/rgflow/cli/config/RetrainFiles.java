package org.rgflow.cli.config;

/** Which of the files found a retraining learns from. */
public enum RetrainFiles {
  ALL,
  NEW
}
