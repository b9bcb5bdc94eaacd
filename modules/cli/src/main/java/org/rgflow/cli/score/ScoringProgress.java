package org.rgflow.cli.score;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.rgflow.cli.report.Numbers;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.cli.terminal.StatusLine;
import org.rgflow.cli.terminal.Terminal;
import org.rgflow.spark.score.ScoringListener;

/** Shows how far a scoring is, after every chunk, and ends it there when it is asked to stop. */
public final class ScoringProgress implements ScoringListener {
  private final PrintWriter out;
  private final PrintWriter warnings;
  private final StatusLine status;
  private final BooleanSupplier stop;
  private final long begin = System.nanoTime();
  private long before;

  /**
   * @param stop asked after every chunk but the last, which then throws a {@link
   *     CancellationException}; what is scored stays
   */
  public ScoringProgress(Shown shown, BooleanSupplier stop) {
    this.out = shown.progress();
    this.warnings = shown.warnings();
    this.status = new StatusLine(out, Terminal.isInteractive());
    this.stop = stop;
  }

  @Override
  public void resumed(long done, long total, int added) {
    before = done;
    out.printf(Locale.ROOT, "resumed after %,d of %,d images%n", done, total);
    if (added > 0) {
      warnings.printf(
          Locale.ROOT,
          added == 1
              ? "warning: %,d file has come since these scores began and is left out; score it with"
                  + " --since-manifest%n"
              : "warning: %,d files have come since these scores began and are left out; score them"
                  + " with --since-manifest%n",
          added);
      warnings.flush();
    }
  }

  @Override
  public void chunk(long done, long total) {
    double seconds = (System.nanoTime() - begin) / 1e9;
    double rate = (done - before) / seconds;
    status.show(
        String.format(
            Locale.ROOT,
            "scored %,d of %,d images  %.0f images/s  ETA %s",
            done,
            total,
            rate,
            Numbers.duration((total - done) / rate)),
        true);
    if (done < total && stop.getAsBoolean()) {
      status.finish();
      throw new CancellationException("asked to stop");
    }
  }

  /** Ends the line. */
  public void finish() {
    status.finish();
  }
}
