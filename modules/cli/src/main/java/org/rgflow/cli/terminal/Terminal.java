package org.rgflow.cli.terminal;

import java.io.Console;
import picocli.CommandLine.Model.CommandSpec;

/** The terminal that a command may have been started from. */
public final class Terminal {
  private Terminal() {}

  /** Whether somebody reads and types there: neither input nor output is a file or a pipe. */
  public static boolean isInteractive() {
    Console console = System.console();
    return console != null && isTerminal(console);
  }

  /** From JDK 22 on there is a console without a terminal too, and a method to ask it. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a console tells whether it is a terminal", e);
    }
  }

  /** Characters of a line, as the terminal says; 80 where it does not. */
  static int columns() {
    return CommandSpec.create().usageMessage().autoWidth(true).width();
  }
}
