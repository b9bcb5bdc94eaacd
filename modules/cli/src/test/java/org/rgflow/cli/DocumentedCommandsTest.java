package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final Path ROOT = DocumentedPage.ROOT;
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+(?:[.,][0-9]+)*");

  @TempDir Path folder;

  static Stream<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "deploy", "results")) {
      try (Stream<Path> found = Files.walk(ROOT.resolve(folder))) {
        found.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages.stream();
  }

  private static List<String> settings(List<String> words) {
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals("--set")) {
        settings.add(words.get(i + 1).replace("KEY=VALUE", "train.batch=1"));
      } else if (words.get(i).startsWith("--set=")) {
        settings.add(words.get(i).substring("--set=".length()));
      }
    }
    return settings;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandOfAPageIsOneWithKeysThatExist(Path page) throws IOException {
    for (DocumentedPage.Block block : new DocumentedPage(page).blocks()) {
      for (String command : block.commands()) {
        List<String> words = DocumentedPage.words(command);
        assertThatCode(() -> new CommandLine(new RgFlow()).parseArgs(words.toArray(String[]::new)))
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
    List<String> words =
        DocumentedPage.words(
            "bin/rgflow --master local[2] train --rounds 3 --set \"train.batch=8\"");
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
      for (DocumentedPage.Block block : new DocumentedPage(ROOT.resolve("docs/tour.md")).blocks()) {
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
    String[] words =
        DocumentedPage.words(command).stream().map(this::inFolder).toArray(String[]::new);
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
