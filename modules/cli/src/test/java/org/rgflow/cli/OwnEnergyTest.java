package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The class that the documentation has as an example, as it is and with faults put in. */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class OwnEnergyTest {
  private static final String NAME = "org.example.DoubleWell";

  @TempDir Path folder;

  private static String example() throws IOException {
    return new DocumentedPage(DocumentedPage.ROOT.resolve("docs/own-energy.md"))
        .blocks().stream()
            .filter(block -> block.lines().get(0).equals("package org.example;"))
            .map(block -> String.join("\n", block.lines()))
            .findFirst()
            .orElseThrow();
  }

  private CommandResult with(String source, String... command) throws IOException {
    Path file = Files.writeString(folder.resolve("DoubleWell.java"), source);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), file.toString());
    assertThat(status).isZero();
    return with(classes, command);
  }

  private static CommandResult with(Path classes, String... command) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return CommandResult.of(command);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private String[] train(String... more) {
    List<String> shared =
        List.of(
            "train",
            "--energy=" + NAME,
            "--run=" + folder.resolve("run"),
            "--rounds=1",
            "--set=energy.lattice=8",
            "--set=model.hidden=4",
            "--set=solver.steps=2",
            "--set=train.batch=8",
            "--set=train.localSteps=2",
            "--set=train.validationExamples=8");
    return Stream.concat(shared.stream(), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void theDocumentedEnergyTrainsAndIsMeasured() throws IOException {
    CommandResult trained = with(example(), train("--set=energy.settings=[height=2]"));
    assertThat(trained.err()).isEmpty();
    assertThat(trained.status()).isZero();
    assertThat(trained.out()).contains("latents of 1x8", "trained 1 rounds");
    CommandResult measured =
        with(
            example(),
            "physics",
            "--model=" + folder.resolve("run"),
            "--samples=16",
            "--chains=2",
            "--trajectories=4",
            "--set=physics.warmUp=0");
    assertThat(measured.status()).as(measured.err()).isZero();
    assertThat(measured.out()).contains(NAME + " of 1x8, log Z not known");
  }

  @Test
  void whatTheConstructorRefusesIsALine() throws IOException {
    String made = "energy.name " + NAME + ": could not be made (";
    assertRefused(
        with(example(), train("--set=energy.settings=[height=-1]")),
        made + "height must be positive, was -1.0)");
    assertRefused(with(example(), train()), made + "energy.height must be given, was none)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gradient[next] += | gradient[i + 1] += |"
            + " java.lang.ArrayIndexOutOfBoundsException: Index 8 out of bounds for length 8",
        "return lattice; | throw new IllegalStateException(\"no lattice\"); |"
            + " java.lang.IllegalStateException: no lattice",
        "double height; | double height; static final int NONE = Integer.parseInt(\"none\"); |"
            + " java.lang.NumberFormatException: For input string: \"none\"",
        "return sum; | if (org.apache.spark.TaskContext.get() == null) { return sum; }"
            + " throw new IllegalArgumentException(\"in a task\"); |"
            + " java.lang.IllegalArgumentException: in a task"
      })
  void whatTheClassThrowsIsALineWithItsPlace(String code, String faulty, String thrown)
      throws IOException {
    String source = example().replace(code, faulty);
    long line = source.substring(0, source.indexOf(faulty)).lines().count();
    assertRefused(
        with(source, train("--set=energy.settings=[height=2]")),
        "energy.name " + NAME + ": " + thrown + " (DoubleWell.java:" + line + ")");
  }

  @Test
  void aGradientThatIsWrongIsALine() throws IOException {
    CommandResult wrong =
        with(
            example().replace("4 * height", "2 * height"),
            train("--set=energy.settings=[height=2]"));
    assertThat(wrong.err())
        .startsWith("rgflow: energy.name " + NAME + ": its gradient of value ")
        .contains(" and by finite differences ")
        .hasLineCount(1);
    assertThat(wrong.status()).isEqualTo(2);
  }

  @Test
  void aClassThatCannotBeLoadedIsALine() throws IOException {
    Path classes = Files.createDirectories(folder.resolve("damaged/org/example"));
    Files.write(classes.resolve("DoubleWell.class"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    CommandResult damaged = with(folder.resolve("damaged"), train());
    assertThat(damaged.err())
        .startsWith("rgflow: energy.name: its class cannot be loaded: java.lang.ClassFormatError: ")
        .hasLineCount(1);
    assertThat(damaged.status()).isEqualTo(2);
  }

  private static void assertRefused(CommandResult result, String message) {
    assertThat(result.err()).isEqualTo("rgflow: " + message + System.lineSeparator());
    assertThat(result.status()).isEqualTo(2);
  }
}
