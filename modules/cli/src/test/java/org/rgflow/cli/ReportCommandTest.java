package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.cli.report.Browser;

/** Reports of small runs, opened in a browser where there is one. */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class ReportCommandTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void trainTwoRuns() throws IOException {
    DrawnImages.discs(folder.resolve("train"), 0, 30, 8);
    DrawnImages.discs(folder.resolve("test"), 30, 12, 8);
    DrawnImages.slopes(folder.resolve("other"), 0, 10, 8);
    train("matched", "--set=train.objective=flow-matching", "--set=train.then=likelihood");
    train("plain", "--set=train.learningRate=0.003");
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static void train(String run, String... more) {
    List<String> args =
        List.of(
            "train",
            "--run=" + at(run),
            "--data=" + at("train"),
            "--rounds=2",
            "--set=model.hidden=8",
            "--set=model.hyper=4",
            "--set=solver.steps=2",
            "--set=train.batch=8",
            "--set=train.localSteps=2",
            "--set=train.validateEvery=1",
            "--set=then.rounds=1",
            "--quiet");
    assertDone(
        CommandResult.of(Stream.concat(args.stream(), Stream.of(more)).toArray(String[]::new)));
  }

  private static void assertDone(CommandResult result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
  }

  private static void assertOpens(String page, int charts) throws Exception {
    Path file = folder.resolve(page);
    assertThat(Files.size(file)).isLessThan(5_000_000);
    assumeTrue(Browser.isInstalled(), "chromium is not on the path");
    Browser.Opened opened = Browser.open(file, folder.resolve("browser-" + file.getFileName()));
    assertThat(opened.console()).isEmpty();
    assertThat(opened.requests()).isEmpty();
    assertThat(opened.dom()).contains("data-charts=\"" + charts + "\"");
  }

  @Test
  void aRunIsShownWithWhatItsModelMakesOfImages() throws Exception {
    CommandResult reported =
        CommandResult.of(
            "report", "--run=" + at("matched"), "--data", at("test"), "--outliers", at("other"));
    assertDone(reported);
    assertThat(reported.out())
        .contains("scoring 30 images: training", "scoring 12 images: held out")
        .containsPattern("report  " + at("matched") + "/report.html \\([0-9]+ kB\\)\n$");
    String page = Files.readString(folder.resolve("matched/report.html"));
    double mean =
        new ObjectMapper()
            .readTree(
                CommandResult.of(
                        "evaluate", "--model", at("matched"), "--data", at("test"), "--json")
                    .out())
            .path("mean")
            .asDouble();
    assertThat(page)
        .contains(String.format(Locale.ROOT, "<dd>%.4f</dd><dd class=\"of\">12 images", mean))
        .contains("Matching loss by level", "Of 768 values of 12 images ", "by 0 of 255 at most")
        .contains(
            "AUROC", "round-00000003", "flow-matching", "alt=\"image 30.png\" title=\"30.png\"")
        .containsPattern(
            "aria-label=\"Loss, lines. Across: round, [0-9]+ to 3. Up: bits/dim, [0-9.]+");
    assertOpens("matched/report.html", 10);
  }

  @Test
  void twoRunsAreShownSideBySideWithTheGainOfTheSecondImageByImage() throws Exception {
    CommandResult compared =
        CommandResult.of(
            "report",
            "--compare",
            at("matched"),
            at("plain"),
            "--data=" + at("test"),
            "--output=" + at("both.html"),
            "--quiet");
    assertDone(compared);
    String page = Files.readString(folder.resolve("both.html"));
    assertThat(page)
        .contains("<th scope=\"row\">train.learningRate</th><td>0.002</td><td>0.003</td>")
        .contains("<th scope=\"row\">train.then</th><td>likelihood</td><td>none</td>")
        .contains("gain of plain", "<th scope=\"row\">held out</th><td>12</td>");
    assertOpens("both.html", 10);
  }

  @Test
  void aRunOnAnEnergyHasNoImages() throws Exception {
    assertDone(
        CommandResult.of(
            "train",
            "--energy=ising",
            "--run=" + at("ising"),
            "--rounds=2",
            "--set=energy.lattice=4",
            "--set=model.hidden=8",
            "--set=model.hyper=4",
            "--set=train.batch=8",
            "--set=train.localSteps=2",
            "--set=train.validateEvery=1",
            "--quiet"));
    assertDone(CommandResult.of("report", "--run", at("ising"), "--output", at("ising.html")));
    Path here = Path.of("a-page-of-a-name-alone.html");
    try {
      assertDone(CommandResult.of("report", "--run", at("ising"), "--output", here.toString()));
      assertThat(here).hasSameTextualContentAs(folder.resolve("ising.html"));
    } finally {
      Files.deleteIfExists(here);
    }
    assertThat(Files.readString(folder.resolve("ising.html")))
        .contains("Free energy", "Effective sample size")
        .doesNotContain("What it draws");
    assertOpens("ising.html", 8);
  }

  @Test
  void aRunWhoseImagesAreGoneIsShownWithoutThem() throws IOException {
    Files.move(folder.resolve("train"), folder.resolve("moved"));
    CommandResult reported =
        CommandResult.of("report", "--run", at("plain"), "--output", at("gone.html"), "--quiet");
    Files.move(folder.resolve("moved"), folder.resolve("train"));
    assertThat(reported.status()).isZero();
    assertThat(reported.err())
        .startsWith("rgflow: warning: left out of the report: " + at("train"))
        .hasLineCount(1);
    assertThat(Files.readString(folder.resolve("gone.html"))).contains("How it learnt");
  }

  @Test
  void whatTrainingHeldOutIsShownWhereNoOtherImagesAreGiven() throws IOException {
    train("split", "--set=train.heldOutFraction=0.4");
    CommandResult reported =
        CommandResult.of("report", "--run=" + at("split"), "--output=" + at("split.html"));
    assertDone(reported);
    assertThat(reported.out()).contains("scoring 30 images: training").doesNotContain("held out");
    Matcher rows =
        Pattern.compile("<th scope=\"row\">(training|held out)</th><td>(\\d+)</td>")
            .matcher(Files.readString(folder.resolve("split.html")));
    int images = 0;
    for (String set : List.of("training", "held out")) {
      assertThat(rows.find()).isTrue();
      assertThat(rows.group(1)).isEqualTo(set);
      images += Integer.parseInt(rows.group(2));
    }
    assertThat(images).isEqualTo(30);
  }

  @Test
  void tooFewImagesToCalibrateByCostOnlyTheOutliers() throws IOException {
    CommandResult reported =
        CommandResult.of(
            "report",
            "--run=" + at("plain"),
            "--data=" + at("test"),
            "--outliers=" + at("other"),
            "--images=3",
            "--output=" + at("few.html"));
    assertDone(reported);
    assertThat(reported.out()).contains("left out: the calibrating scores of 4 levels do not vary");
    assertThat(Files.readString(folder.resolve("few.html"))).doesNotContain("AUROC");
  }

  @Test
  void badInputIsOneLineAndLeavesNoPage() throws IOException {
    assertRefused(at("none") + ": not a run's folder", "--run", at("none"));
    assertRefused("--output must be given with --compare", "--compare", at("plain"), at("plain"));
    assertRefused(
        "mutually exclusive", "--run", at("plain"), "--compare", at("plain"), at("plain"));
    assertRefused(at("nothing"), "--run", at("plain"), "--data", at("nothing"));
    assertRefused(
        "report.images must be in [2, 100000], was 1", "--run", at("plain"), "--images", "1");
    DrawnImages.discs(folder.resolve("larger"), 0, 2, 10);
    assertRefused(
        "0.png: shape 1x10x10; allowed: 1x8x8 (none of 2 images has a score)",
        "--run",
        at("plain"),
        "--data",
        at("larger"));
  }

  private static void assertRefused(String message, String... args) {
    CommandResult result =
        CommandResult.of(
            Stream.concat(Stream.of("report", "--quiet"), Stream.of(args)).toArray(String[]::new));
    assertThat(result.err()).startsWith("rgflow: ").contains(message).hasLineCount(1);
    assertThat(result.status()).isEqualTo(2);
    assertThat(folder.resolve("plain/report.html")).doesNotExist();
  }
}
