package org.rgflow.cli;

/** Which of the files found a retraining learns from. */
enum RetrainFiles {
  ALL,
  NEW
}
