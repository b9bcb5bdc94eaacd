package org.rgflow.cli.terminal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGTERM and SIGINT as a wish, until it is closed: the first asks for an end at the next good
 * moment, the second ends the process at once.
 *
 * <p>A shutdown hook would run beside Spark's, which stops the work that is to be finished.
 */
public final class StopSignal implements AutoCloseable {
  private static final List<Signal> SIGNALS = List.of(new Signal("TERM"), new Signal("INT"));

  private final List<SignalHandler> before = new ArrayList<>();
  private final PrintWriter out;
  private final String what;
  private volatile boolean requested;

  private StopSignal(PrintWriter out, String what) {
    this.out = out;
    this.what = what;
  }

  /**
   * Listens for the signals.
   *
   * @param what will be done before the end
   */
  public static StopSignal listen(PrintWriter out, String what) {
    StopSignal stop = new StopSignal(out, what);
    SIGNALS.forEach(signal -> stop.before.add(Signal.handle(signal, stop::handle)));
    return stop;
  }

  private void handle(Signal signal) {
    if (requested) {
      Runtime.getRuntime().exit(128 + signal.getNumber());
    }
    requested = true;
    out.printf(Locale.ROOT, "%nSIG%s: %s; another ends it at once%n", signal.getName(), what);
    out.flush();
  }

  /** Whether an end is asked for. */
  public boolean isRequested() {
    return requested;
  }

  @Override
  public void close() {
    for (int s = 0; s < SIGNALS.size(); s++) {
      Signal.handle(SIGNALS.get(s), before.get(s));
    }
  }
}
