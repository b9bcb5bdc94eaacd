package org.rgflow.notebook;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;
import org.slf4j.LoggerFactory;

/** A kernel of Jupyter whose cells are Java, with Spark and rgflow on their class path. */
public final class JavaKernel extends BaseKernel {
  private static final int FRAMES_SHOWN = 25;

  private static final String IMPORTS =
      """
      import java.io.*;
      import java.nio.file.*;
      import java.util.*;
      import java.util.stream.*;
      import javax.imageio.ImageIO;
      import static org.rgflow.notebook.Notebook.*;
      """;

  private final CellShell shell = new CellShell();

  private JavaKernel() {
    super(
        "rgflow-java",
        "1",
        new LanguageInfo.Builder("java")
            .version(Runtime.version().toString())
            .mimetype("text/x-java-source")
            .fileExtension(".jshell")
            .pygments("java")
            .codemirror("java")
            .build(),
        List.of(),
        null,
        new JupyterIO(StandardCharsets.UTF_8),
        new CommManager(),
        Renderings.renderer(),
        null,
        null,
        false,
        new StringStyler.Builder().build());
    evalRaw(IMPORTS);
  }

  @Override
  public Object evalRaw(String source) {
    try {
      return shell.evaluate(source);
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  /** A value that is shown may take a job of Spark, which can be interrupted as a cell can. */
  @Override
  public DisplayData eval(String source) {
    Object value = evalRaw(source);
    if (value == null || value instanceof DisplayData) {
      return (DisplayData) value;
    }
    try {
      return shell.run(() -> getRenderer().render(value));
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  /** Jupyter is told of what the cell threw, not of something around it. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> E unchecked(Exception e) throws E {
    throw (E) e;
  }

  @Override
  public List<String> formatError(Throwable error) {
    List<String> lines = new ArrayList<>();
    if (error instanceof CellException) {
      error.getMessage().lines().forEach(lines::add);
      return lines;
    }
    for (Throwable e = error; e != null; e = e.getCause()) {
      lines.add((e == error ? "" : "Caused by: ") + e);
      StackTraceElement[] frames = e.getStackTrace();
      for (int i = 0; i < Math.min(frames.length, FRAMES_SHOWN); i++) {
        if (frames[i].getClassName().startsWith("jdk.internal.reflect.")) {
          break; // below is the kernel
        }
        lines.add("    at " + frames[i]);
      }
    }
    return lines;
  }

  @Override
  public DisplayData inspect(String code, int cursor, boolean inDetail) {
    String found = shell.documentation(code, cursor);
    return found.isEmpty() ? null : new DisplayData(found);
  }

  @Override
  public ReplacementOptions complete(String code, int cursor) {
    CellShell.Completions found = shell.completions(code, cursor);
    return found.texts().isEmpty()
        ? null
        : new ReplacementOptions(found.texts(), found.anchor(), cursor);
  }

  @Override
  public String isComplete(String code) {
    Completeness completeness = shell.completeness(code);
    if (completeness == Completeness.UNKNOWN) {
      return IS_COMPLETE_BAD;
    }
    boolean whole = completeness == Completeness.EMPTY || completeness.isComplete();
    return whole ? IS_COMPLETE_YES : "  "; // what the next line is indented by
  }

  @Override
  public void interrupt() {
    shell.interrupt();
  }

  /** Serves the connection that the file given describes, until Jupyter ends it. */
  public static void main(String[] arguments) throws Exception {
    LoggerFactory.getLogger(JavaKernel.class); // to the terminal, not to the cell that logs first
    KernelConnectionProperties properties =
        KernelConnectionProperties.parse(Files.readString(Path.of(arguments[0])));
    JavaKernel kernel = new JavaKernel();
    kernel.onStartup();
    // a Jupyter that was killed says nothing
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
    JupyterConnection connection = new JupyterConnection(properties);
    kernel.becomeHandlerForConnection(connection);
    connection.connect();
    connection.waitUntilClose();
    System.exit(0); // not while Spark's threads live
  }
}
