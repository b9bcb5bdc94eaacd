package org.rgflow.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs each notebook as a reader would, all cells in turn, by {@code jupyter nbconvert} and the
 * kernel of this module in a process of its own; needs Debian's jupyter-nbconvert.
 *
 * <p>What a cell shows does not depend on how long is trained, so here it is a third as long.
 */
class NotebooksIT {
  private static final Path ROOT = Path.of(System.getProperty("rgflow.root"));
  private static final Path JUPYTER = Path.of("/usr/bin/jupyter-nbconvert");

  /** Series that run at once: the last notebook goes on with the model of the first. */
  private static final List<List<String>> SERIES =
      List.of(
          List.of("01-train.ipynb", "04-hierarchy.ipynb"),
          List.of("02-anomalies.ipynb", "03-ising.ipynb"));

  /** What cells say, and what they say here. */
  private static final Map<String, String> SHORTER =
      Map.of(
          "\\\"--rounds\\\", \\\"12\\\"", "\\\"--rounds\\\", \\\"4\\\"",
          "setMaxIter(10)", "setMaxIter(3)");

  @TempDir private Path folder;

  @Test
  void noNotebookIsLeftOut() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("notebooks"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".ipynb"))
          .containsExactlyInAnyOrderElementsOf(SERIES.stream().flatMap(List::stream).toList());
    }
  }

  @Test
  void everyCellRunsAndPicturesAreShown() throws Exception {
    assumeTrue(Files.isExecutable(JUPYTER), "jupyter-nbconvert is not installed");
    ExecutorService threads = Executors.newFixedThreadPool(SERIES.size());
    try {
      List<Callable<Map<String, List<String>>>> runs = new ArrayList<>();
      SERIES.forEach(names -> runs.add(() -> run(names)));
      for (Future<Map<String, List<String>>> run : threads.invokeAll(runs)) {
        run.get().forEach(NotebooksIT::requireAsInTheRepository);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** What each notebook shows. */
  private Map<String, List<String>> run(List<String> names) throws Exception {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String name : names) {
      found.put(name, shown(execute(copied(name))));
    }
    return found;
  }

  /** A notebook that trains for less, and whose runs nobody has begun. */
  private Path copied(String name) throws IOException {
    String cells = Files.readString(ROOT.resolve("notebooks").resolve(name));
    for (Map.Entry<String, String> shorter : SHORTER.entrySet()) {
      cells = cells.replace(shorter.getKey(), shorter.getValue());
    }
    String trained = cells.replace("runs/notebooks", folder + "/runs");
    assertThat(trained).as(name + " trains").matches("(?s).*(\"4\\\\\"|setMaxIter[(]3[)]).*");
    Path copy = Files.createDirectories(folder.resolve("shorter")).resolve(name);
    return Files.writeString(copy, trained);
  }

  private static void requireAsInTheRepository(String name, List<String> shown) {
    assertThat(shown)
        .as(name)
        .filteredOn(kinds -> kinds.contains("image/png"))
        .hasSizeGreaterThan(1);
    assertThat(shown)
        .as(name + " as in the repository")
        .isEqualTo(shown(ROOT.resolve("notebooks").resolve(name)));
  }

  private Path execute(Path notebook) throws Exception {
    Path log = folder.resolve(notebook.getFileName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                JUPYTER.toString(),
                "--to=notebook",
                "--execute",
                "--ExecutePreprocessor.timeout=600",
                "--ExecutePreprocessor.startup_timeout=120",
                "--output-dir=" + folder,
                notebook.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .put("JUPYTER_PATH", ROOT.resolve("notebooks/jupyter").toRealPath().toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(20, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroy();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    return folder.resolve(notebook.getFileName());
  }

  /** Of each thing that cells show, printed lines aside, the formats it has. */
  private static List<String> shown(Path notebook) {
    List<String> kinds = new ArrayList<>();
    for (JsonNode data : read(notebook).findValues("data")) {
      List<String> formats = new ArrayList<>();
      data.fieldNames().forEachRemaining(formats::add);
      Collections.sort(formats);
      kinds.add(String.join(" ", formats));
    }
    return kinds;
  }

  private static JsonNode read(Path notebook) {
    try {
      return new ObjectMapper().readTree(notebook.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
