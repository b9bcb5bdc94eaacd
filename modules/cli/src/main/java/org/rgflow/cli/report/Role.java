package org.rgflow.cli.report;

/** What sets of images are to a model. */
enum Role {
  /** It learnt from them. */
  TRAINING("training"),
  /** It has not seen them; they are of the same kind. */
  HELD_OUT("held out"),
  /** They are of another kind. */
  OUTLIERS("outliers");

  private final String title;

  Role(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
