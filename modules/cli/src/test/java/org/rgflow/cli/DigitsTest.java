package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Digits told apart by one model of ten classes; results/digits has longer trainings. */
@ExtendWith(LocalMaster.class)
class DigitsTest {
  private static final Path ROOT = Path.of("../..");

  @TempDir private Path folder;

  /** The images of a digit in a folder of its name. */
  private String byClass(String set) throws IOException {
    for (int digit = 0; digit < 10; digit++) {
      String file = set + "-" + digit + "-idx3-ubyte.gz";
      Path ofDigit = Files.createDirectories(folder.resolve(set).resolve("" + digit));
      Files.copy(ROOT.resolve("data/digits").resolve(file), ofDigit.resolve(file));
    }
    return folder.resolve(set).toString();
  }

  @Test
  void oneModelOfTenClassesTellsDigitsApart() throws IOException {
    String run = folder.resolve("run").toString();
    CommandResult trained =
        CommandResult.of(
            "train",
            "--config=" + ROOT.resolve("examples/digits.yaml"),
            "--data=" + byClass("train"),
            "--run=" + run,
            "--set=model.classes=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
            "--set=train.rounds=20",
            "--quiet");
    assertThat(trained.status()).as(trained.err()).isZero();
    CommandResult told =
        CommandResult.of(
            "classify",
            "--model=" + run,
            "--data=" + byClass("test"),
            "--labelled",
            "--set=solver.steps=4",
            "--output=" + folder.resolve("told"));
    assertThat(told.status()).as(told.err()).isZero();
    Matcher right = Pattern.compile("(?m)^right   ([0-9]+) of 355: ").matcher(told.out());
    assertThat(right.find()).as(told.out()).isTrue();
    // 305 when it was written; chance is 36
    assertThat(Integer.parseInt(right.group(1))).isGreaterThan(280);
  }
}
