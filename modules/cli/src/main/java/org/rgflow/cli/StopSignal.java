package org.rgflow.cli;

import java.io.PrintWriter;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT as a wish: the first asks for an end at the next good moment, the second ends
 * the process at once.
 *
 * <p>A shutdown hook would run beside Spark's, which stops the work that is to be finished.
 */
final class StopSignal {
  /** Exit status of what was stopped and can go on. */
  static final int STOPPED = 5;

  private volatile boolean requested;

  private StopSignal() {}

  /**
   * Listens for the signals.
   *
   * @param what will be done before the end
   */
  static StopSignal listen(PrintWriter out, String what) {
    StopSignal stop = new StopSignal();
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (stop.requested) {
              Runtime.getRuntime().exit(128 + signal.getNumber());
            }
            stop.requested = true;
            out.printf("%nSIG%s: %s; another ends it at once%n", signal.getName(), what);
            out.flush();
          });
    }
    return stop;
  }

  boolean isRequested() {
    return requested;
  }
}
