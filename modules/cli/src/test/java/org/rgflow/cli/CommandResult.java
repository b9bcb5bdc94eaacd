package org.rgflow.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command left. */
record CommandResult(int status, String out, String err) {
  static CommandResult of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = RgFlow.execute(new PrintWriter(out), new PrintWriter(err), args);
    return new CommandResult(status, out.toString(), err.toString());
  }
}
