package org.rgflow.cli.terminal;

import java.io.PrintWriter;

/**
 * A line that says how far something is: overwritten on a terminal, elsewhere printed when it is
 * worth it.
 */
public final class StatusLine {
  private final PrintWriter out;
  private final boolean terminal;
  private int width;

  /** For whoever reads {@code out}; a terminal's cursor is moved. */
  public StatusLine(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows a line in the place of the one before; without a terminal only one that is worth it. */
  public void show(String line, boolean isWorthALine) {
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else if (isWorthALine) {
      out.println(line);
    }
    out.flush();
  }

  /** Leaves the line that is overwritten; for whatever is printed next. */
  public void finish() {
    if (width > 0) {
      out.println();
      width = 0;
    }
    out.flush();
  }
}
