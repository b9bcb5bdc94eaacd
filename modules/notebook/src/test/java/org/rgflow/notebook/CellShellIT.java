package org.rgflow.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After package, in a process that has the kernel's jar as its agent. */
class CellShellIT {
  private final CellShell shell = new CellShell();

  @Test
  void theValueOfACellIsThatOfItsLastExpression() throws Exception {
    assertThat(shell.evaluate("int a = 20;\nint b(int x) { return a + x; }\nb(1) * 2"))
        .isEqualTo(42);
    assertThat(shell.evaluate("b(2);")).isNull();
    assertThat(shell.evaluate("int c = 3;")).isNull();
    assertThat(shell.evaluate("for (int i = 0; i < 2; i++) a += i;")).isNull();
    assertThat(shell.evaluate("// nothing but a comment")).isNull();
    assertThat(shell.evaluate("\n")).isNull();
  }

  @Test
  void anObjectIsTheObjectItselfAndNotItsText() throws Exception {
    Object doubled = shell.evaluate("java.util.function.IntUnaryOperator f = x -> 2 * x;\nf");
    assertThat(((IntUnaryOperator) doubled).applyAsInt(21)).isEqualTo(42);
  }

  @Test
  void aCellMayUseWhatALaterOneDeclares() throws Exception {
    shell.evaluate("int twice(int x) { return plus(x, x); }");
    shell.evaluate("int plus(int x, int y) { return x + y; }");
    assertThat(shell.evaluate("twice(4)")).isEqualTo(8);
  }

  @Test
  void aNameThatIsNowhereDeclaredIsToldWhenItIsNeeded() throws Exception {
    shell.evaluate("int f() { return plsu(1); }");
    assertThatThrownBy(() -> shell.evaluate("f()"))
        .isInstanceOf(CellException.class)
        .hasMessageContaining("plsu");
  }

  @Test
  void variablesLiveOnWhenALaterCellImports() throws Exception {
    shell.evaluate("import java.util.*;");
    shell.evaluate(
        "List<String> names() { return List.of(\"a\", \"b\"); }\nList<String> known = names();");
    shell.evaluate(
        "import org.apache.spark.sql.*;\nint size(List<String> of) { return of.size(); }");
    assertThat(shell.evaluate("size(known)")).isEqualTo(2);
  }

  @Test
  void whatTheCodeThrowsIsThrown() {
    assertThatThrownBy(
            () ->
                shell.evaluate(
                    "throw new java.io.IOException(\"gone\", new IllegalStateException(\"why\"));"))
        .isInstanceOf(java.io.IOException.class)
        .hasMessage("gone")
        .hasRootCauseMessage("why");
    assertThatThrownBy(() -> shell.evaluate("throw new StackOverflowError();"))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(StackOverflowError.class);
  }

  @Test
  void whatDoesNotCompileIsSaidInTheCompilersWords() {
    assertThatThrownBy(() -> shell.evaluate("int a = \"text\";"))
        .isInstanceOf(CellException.class)
        .hasMessage(
            "incompatible types: java.lang.String cannot be converted to int\n"
                + "at \"text\"\n"
                + "in int a = \"text\";");
    assertThatThrownBy(() -> shell.evaluate("f(1, 2"))
        .isInstanceOf(CellException.class)
        .hasMessageEndingWith("in f(1, 2");
    assertThatThrownBy(() -> shell.evaluate("Missing make() { return null; }"))
        .isInstanceOf(CellException.class)
        .hasMessageContaining("Missing");
  }

  @Test
  @Timeout(60)
  void aRunningCellCanBeInterruptedAndTheNextRuns() throws Exception {
    assertThat(interrupted(() -> shell.evaluate("Thread.sleep(3_600_000);")))
        .isInstanceOf(InterruptedException.class);
    assertThat(shell.evaluate("1 + 1")).isEqualTo(2);
  }

  @Test
  @Timeout(60)
  void whatBelongsToACellCanBeInterruptedAsTheCellCan() throws Exception {
    Callable<Object> shown =
        () -> {
          Thread.sleep(3_600_000);
          return null;
        };
    assertThat(interrupted(() -> shell.run(shown))).isInstanceOf(InterruptedException.class);
    assertThat(shell.evaluate("2 + 2")).isEqualTo(4);
    assertThat(shell.run(() -> "shown")).isEqualTo("shown");
  }

  private Throwable interrupted(Callable<Object> work) throws Exception {
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                work.call();
                return null;
              } catch (Exception e) {
                return e;
              }
            });
    while (!ended.isDone()) {
      shell.interrupt();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return ended.get();
  }

  @Test
  void knowsWhetherALineIsTheLast() {
    assertThat(shell.completeness("int a = 1;\na + 1").isComplete()).isTrue();
    assertThat(shell.completeness("for (int i = 0; i < 2; i++) {"))
        .isEqualTo(Completeness.DEFINITELY_INCOMPLETE);
    assertThat(shell.completeness("")).isEqualTo(Completeness.EMPTY);
  }

  @Test
  void completesNames() {
    CellShell.Completions found = shell.completions("Math.hyp", 8);
    assertThat(found.texts()).containsExactly("hypot(");
    assertThat(found.anchor()).isEqualTo(5);
    assertThat(shell.documentation("Math.hypot(", 11)).contains("double Math.hypot(double");
  }
}
