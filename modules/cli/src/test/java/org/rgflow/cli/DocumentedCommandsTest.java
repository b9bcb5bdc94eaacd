package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Layer;
import picocli.CommandLine;

/** The commands in the documentation are commands, and those of the tour do what it says. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("../..");
  private static final String LAUNCHER = "bin/rgflow ";
  private static final String INDENTED = "    " + LAUNCHER;
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+(?:[.,][0-9]+)*");

  @TempDir Path folder;

  /** A block of a page between two fences. */
  private record Block(List<String> lines) {
    boolean isCommands() {
      return lines.get(0).startsWith(LAUNCHER);
    }

    /** Lines, those that end in a backslash joined with the next. */
    List<String> commands() {
      return String.join("\n", lines)
          .replace("\\\n", " ")
          .lines()
          .filter(line -> line.startsWith(LAUNCHER))
          // what only a shell can tell
          .filter(line -> !line.endsWith("...") && !line.contains("$("))
          .toList();
    }
  }

  static Stream<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "deploy", "results")) {
      try (Stream<Path> found = Files.walk(ROOT.resolve(folder))) {
        found.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages.stream();
  }

  private static List<Block> blocks(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> inside = null;
    for (String line : Files.readAllLines(page)) {
      boolean isFence = line.startsWith("```");
      if (isFence && inside == null) {
        inside = new ArrayList<>();
      } else if (isFence) {
        blocks.add(new Block(inside));
        inside = null;
      } else if (inside != null) {
        inside.add(line);
      } else if (line.startsWith(INDENTED)) {
        blocks.add(new Block(List.of(line.strip())));
      }
    }
    return blocks.stream().filter(block -> !block.lines().isEmpty()).toList();
  }

  /** A command's words after Spark's options, without a comment. */
  private static String[] words(String command) {
    String bare = command.substring(LAUNCHER.length()).replaceFirst(" +[#>].*", "").strip();
    List<String> words = new ArrayList<>();
    for (String word : bare.split(" +(?=(?:[^\"']*[\"'][^\"']*[\"'])*[^\"']*$)")) {
      words.add(word.replaceAll("[\"']", ""));
    }
    int at = 0;
    while (words.get(at).startsWith("--")) {
      at += 2;
    }
    return words.subList(at, words.size()).toArray(String[]::new);
  }

  private static List<String> settings(String[] words) {
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals("--set")) {
        settings.add(words[i + 1].replace("KEY=VALUE", "train.batch=1"));
      } else if (words[i].startsWith("--set=")) {
        settings.add(words[i].substring("--set=".length()));
      }
    }
    return settings;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandOfAPageIsOneWithKeysThatExist(Path page) throws IOException {
    for (Block block : blocks(page)) {
      for (String command : block.commands()) {
        String[] words = words(command);
        assertThatCode(() -> new CommandLine(new RgFlow()).parseArgs(words))
            .as("%s: %s", page, command)
            .doesNotThrowAnyException();
        assertThatCode(() -> Configuration.resolve(List.of(Layer.settings(settings(words)))))
            .as("%s: %s", page, command)
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void aCommandThatIsNoneIsNoticed() {
    String[] words = words("bin/rgflow --master local[2] train --rounds 3 --set \"train.batch=8\"");
    assertThat(words).containsExactly("train", "--rounds", "3", "--set", "train.batch=8");
    assertThat(settings(words)).containsExactly("train.batch=8");
    assertThatCode(() -> new CommandLine(new RgFlow()).parseArgs("train", "--rouns", "3"))
        .isInstanceOf(CommandLine.UnmatchedArgumentException.class);
  }

  /** Every line that the page shows is printed, but for its numbers, which are this machine's. */
  @Test
  @Tag("slow")
  void theTourDoesWhatItSays() throws IOException {
    Map<String, String> spark = Map.of("spark.master", "local[2]", "spark.ui.enabled", "false");
    spark.forEach(System::setProperty);
    BundledImages.firstOfTest(200, folder.resolve("images.idx"));
    try {
      String printed = "";
      for (Block block : blocks(ROOT.resolve("docs/tour.md"))) {
        if (block.isCommands()) {
          printed = "";
          for (String command : block.commands()) {
            printed += printedBy(command);
          }
        } else {
          List<String> lines = printed.lines().map(DocumentedCommandsTest::withoutNumbers).toList();
          assertThat(lines)
              .containsAll(
                  block.lines().stream()
                      .map(this::inFolder)
                      .map(DocumentedCommandsTest::withoutNumbers)
                      .toList());
        }
      }
    } finally {
      spark.keySet().forEach(System::clearProperty);
    }
  }

  private String printedBy(String command) {
    String[] words = Arrays.stream(words(command)).map(this::inFolder).toArray(String[]::new);
    CommandResult result = CommandResult.of(words);
    assertThat(result.err()).as(command).isEmpty();
    assertThat(result.status()).as(command).isZero();
    return result.out();
  }

  /** Runs go to a scratch folder, and images are the repository's, of test images some. */
  private String inFolder(String text) {
    return text.replace("data/fashion-mnist/test-images-idx3-ubyte.gz", folder + "/images.idx")
        .replaceAll("\\bruns/", folder + "/runs/")
        .replaceAll("\\bdata/", ROOT + "/data/");
  }

  private static String withoutNumbers(String line) {
    return NUMBER.matcher(line).replaceAll("0").replaceAll(" +", " ").strip();
  }
}
