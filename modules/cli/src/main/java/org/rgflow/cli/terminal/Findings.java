package org.rgflow.cli.terminal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.machine.Backend;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.model.FlowModel;

/** What a command has measured, by name: printed as lines for people or as one line of JSON. */
public final class Findings {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode values = JSON.createObjectNode();
  private final PrintWriter out;

  /** Nothing found yet. */
  public Findings(PrintWriter out) {
    this.out = out;
  }

  /** Something found. */
  public void put(String name, String value) {
    values.put(name, value);
  }

  /** A number found. */
  public void put(String name, long value) {
    values.put(name, value);
  }

  /** JSON has no NaN: what is not known is left out. */
  public void put(String name, double value) {
    if (!Double.isNaN(value)) {
      values.put(name, value);
    }
  }

  /** The model, where it is. */
  public void putModel(String path, FlowModel model) {
    put("model", path);
    put("parameters", model.network().numParams());
  }

  /** How a model is solved, and by what. */
  public void putSolver(SolverConfig solver, FlowModel model) {
    put("solver", Keys.SOLVER_METHOD.write(solver.method()));
    if (!solver.method().isAdaptive()) {
      put("steps", solver.steps());
      put("grading", solver.grading());
    }
    solver
        .evaluations(model.layer().flow().odes())
        .ifPresent(evaluations -> put("evaluations", evaluations));
    put("backend", Backend.loaded().toString());
  }

  /** Seconds since a {@link System#nanoTime()}. */
  public void putTime(long begin, int tasks) {
    put("seconds", (System.nanoTime() - begin) / 1e9);
    put("tasks", tasks);
  }

  /** Whether it was found. */
  public boolean has(String name) {
    return values.has(name);
  }

  /** What was found under a name. */
  public String text(String name) {
    return values.path(name).asText();
  }

  /** A whole number found. */
  public long number(String name) {
    return values.path(name).asLong();
  }

  /** NaN where it is not known. */
  public double value(String name) {
    return values.path(name).asDouble(Double.NaN);
  }

  /** Prints all as a line of JSON. */
  public void printJson() {
    out.println(values);
  }

  /** Prints a line of a table. */
  public void line(String name, String format, Object... arguments) {
    out.printf(Locale.ROOT, "%-12s%s%n", name, format(format, arguments));
  }

  /** The line of the model. */
  public void printModel(String more) {
    line("model", "%s, %,d parameters%s", text("model"), number("parameters"), more);
  }

  /** The line of the solver. */
  public void printSolver(String more) {
    String steps =
        has("steps")
            ? format(" of %d steps a level, %d evaluations", number("steps"), number("evaluations"))
            : "";
    line("solver", "%s%s%s", text("solver"), steps, more);
  }

  /** The line of the time. */
  public void printTime() {
    line("time", "%.1f s in %d tasks, %s", value("seconds"), number("tasks"), text("backend"));
  }

  /** A text that is the same in every country. */
  public static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
