package org.rgflow.cli.terminal;

import java.io.PrintWriter;

/**
 * A line that says how far something is: overwritten on a terminal, elsewhere printed when it is
 * worth it.
 *
 * <p>On a terminal it is cut to its width: a cursor goes back to the beginning of the last row, and
 * not of a line that has run on over several.
 */
public final class StatusLine {
  private final PrintWriter out;
  private final int columns;
  private int width;

  /** For whoever reads {@code out}; a terminal's cursor is moved. */
  public StatusLine(PrintWriter out, boolean terminal) {
    this(out, terminal ? Terminal.columns() : 0);
  }

  /**
   * @param columns of the terminal; 0 without one
   */
  public StatusLine(PrintWriter out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  /** Shows a line in the place of the one before; without a terminal only one that is worth it. */
  public void show(String line, boolean isWorthALine) {
    if (columns > 0) {
      // the last column stays free: after it some terminals are on the next row already
      String shown = line.substring(0, Math.min(line.length(), columns - 1));
      out.print("\r" + shown + " ".repeat(Math.max(0, width - shown.length())));
      width = shown.length();
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
