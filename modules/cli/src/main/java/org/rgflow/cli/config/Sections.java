package org.rgflow.cli.config;

import java.util.List;

/** Sections of the configuration by what they are of. */
public final class Sections {
  /** Of what decides a training, and so may not change in the middle of one. */
  public static final List<String> LEARNT =
      List.of(
          "data", "model", "solver", "divergence", "train", "then", "energy", "pixels", "values");

  private Sections() {}
}
