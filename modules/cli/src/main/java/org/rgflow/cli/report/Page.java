package org.rgflow.cli.report;

import java.util.List;

/**
 * A page, from its headline to its last section.
 *
 * @param about one line below the title
 * @param figures the numbers that a reader wants first
 */
record Page(String title, String about, List<Figure> figures, List<Section> sections) {
  /** A number with its name and, smaller, what it is of. */
  record Figure(String name, String value, String of) {}

  /**
   * Blocks under one heading.
   *
   * @param about what is seen, in one or two sentences
   */
  record Section(String title, String about, List<Block> blocks) {}
}
