package org.rgflow.notebook;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.UnresolvedReferenceException;

/** Java by cells: statements, expressions and declarations, evaluated in turn in this process. */
final class CellShell {
  private final CellThread thread = new CellThread();
  private final JShell shell = JShell.builder().executionEngine(thread, Map.of()).build();
  private final SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();

  /**
   * The value of a cell's last line where that is an expression without a semicolon, else null.
   *
   * @throws CellException with the compiler's words, where it does not compile
   * @throws Exception what the cell's code threw; an {@link Error} as the cause of an {@link
   *     ExecutionException}
   */
  Object evaluate(String cell) throws Exception {
    Object last = null;
    String rest = cell;
    thread.begin();
    while (true) {
      CompletionInfo next = analysis.analyzeCompletion(rest);
      if (next.completeness() == Completeness.EMPTY) {
        return last;
      }
      if (!next.completeness().isComplete()) {
        return evaluateSnippet(rest); // the compiler says what is missing
      }
      Object value = evaluateSnippet(next.source());
      String written = rest.substring(0, rest.length() - next.remaining().length());
      last = written.stripTrailing().endsWith(";") ? null : value;
      rest = next.remaining();
    }
  }

  private Object evaluateSnippet(String source) throws Exception {
    Object value = null;
    for (SnippetEvent event : shell.eval(source)) {
      Object found = event.value() == null ? null : thread.take(event.value());
      if (event.causeSnippet() != null) {
        continue; // an older snippet that this one redefines
      }
      if (event.exception() instanceof UnresolvedReferenceException unresolved) {
        throw new CellException(diagnosis(unresolved.getSnippet()));
      }
      if (event.exception() != null) {
        throw thrown();
      }
      if (!event.status().isDefined()) {
        throw new CellException(diagnosis(event.snippet()));
      }
      value = isExpression(event.snippet()) ? found : null;
    }
    return value;
  }

  private Exception thrown() {
    Throwable failure = thread.failure();
    return failure instanceof Exception e ? e : new ExecutionException(failure);
  }

  private static boolean isExpression(Snippet snippet) {
    return switch (snippet.subKind()) {
      case VAR_VALUE_SUBKIND, OTHER_EXPRESSION_SUBKIND, TEMP_VAR_EXPRESSION_SUBKIND -> true;
      default -> false;
    };
  }

  private String diagnosis(Snippet snippet) {
    String source = snippet.source();
    String found =
        shell
            .diagnostics(snippet)
            .map(diagnostic -> message(diagnostic, source))
            .collect(Collectors.joining("\n"));
    if (found.isEmpty() && snippet instanceof DeclarationSnippet declaration) {
      found =
          "not declared: "
              + shell.unresolvedDependencies(declaration).collect(Collectors.joining(", "));
    }
    return found + "\nin " + source.strip();
  }

  private static String message(Diag diagnostic, String source) {
    long from = Math.max(0, Math.min(diagnostic.getStartPosition(), source.length()));
    long to = Math.max(from, Math.min(diagnostic.getEndPosition(), source.length()));
    String at = source.substring((int) from, (int) to).strip();
    return diagnostic.getMessage(null) + (at.isEmpty() ? "" : "\nat " + at);
  }

  /** Does what belongs to a cell, such as showing its value, where {@link #interrupt} ends it. */
  <T> T run(Callable<T> work) throws Exception {
    try {
      return thread.run(work);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception thrown ? thrown : e;
    }
  }

  /** Ends the code that runs, if it heeds an interruption. */
  void interrupt() {
    thread.interrupt();
  }

  /** How whole the source is. */
  Completeness completeness(String source) {
    CompletionInfo next = analysis.analyzeCompletion(source);
    while (next.completeness().isComplete() && !next.remaining().isEmpty()) {
      next = analysis.analyzeCompletion(next.remaining());
    }
    return next.completeness();
  }

  /** What may be typed at a place. */
  record Completions(List<String> texts, int anchor) {}

  Completions completions(String source, int cursor) {
    int[] anchor = new int[1];
    List<String> texts =
        analysis.completionSuggestions(source, cursor, anchor).stream()
            .map(SourceCodeAnalysis.Suggestion::continuation)
            .distinct()
            .toList();
    return new Completions(texts, anchor[0]);
  }

  /** Signatures and documentation of what stands at a place; empty if nothing is known of it. */
  String documentation(String source, int cursor) {
    return analysis.documentation(source, cursor, true).stream()
        .map(d -> d.javadoc() == null ? d.signature() : d.signature() + "\n" + d.javadoc())
        .collect(Collectors.joining("\n\n"));
  }
}
