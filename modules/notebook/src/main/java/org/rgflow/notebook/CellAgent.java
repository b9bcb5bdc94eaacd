package org.rgflow.notebook;

import java.lang.instrument.Instrumentation;

/** Lets the classes of earlier cells be redefined in place, so that their variables live on. */
final class CellAgent {
  private static Instrumentation instrumentation;

  private CellAgent() {}

  /** Called by {@code java -javaagent} before the kernel's main. */
  public static void premain(String options, Instrumentation given) {
    instrumentation = given;
  }

  /** Null in a process without the agent. */
  static Instrumentation instrumentation() {
    return instrumentation;
  }
}
