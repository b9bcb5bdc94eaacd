package org.rgflow.cli;

import java.io.PrintWriter;

/**
 * A line that says how far something is: overwritten on a terminal, elsewhere printed when it is
 * worth it.
 */
final class StatusLine {
  private final PrintWriter out;
  private final boolean terminal;
  private int width;

  /** For whoever reads {@code out}; a terminal's cursor is moved. */
  StatusLine(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void show(String line, boolean isWorthALine) {
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else if (isWorthALine) {
      out.println(line);
    }
    out.flush();
  }

  /** Leaves the line that is overwritten; for whatever is printed next. */
  void finish() {
    if (width > 0) {
      out.println();
      width = 0;
    }
    out.flush();
  }
}
