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

/** The example of one axis, from its generator, a process of its own, to classes; but briefly. */
@ExtendWith(LocalMaster.class)
class SequencesTest {
  private static final Path ROOT = Path.of("../..");

  @TempDir private Path folder;

  private String generate() throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                ROOT.resolve("examples/sequences/Sequences.java").toString(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    return Files.readString(log);
  }

  private String train(int symbols) {
    String run = folder.resolve("run" + symbols).toString();
    CommandResult trained =
        CommandResult.of(
            "train",
            "--config=" + ROOT.resolve("examples/sequences/sequences.yaml"),
            "--data=" + folder.resolve("train-" + symbols + ".npy"),
            "--run=" + run,
            "--set=model.hidden=16",
            "--set=train.shards=2",
            "--set=train.rounds=4",
            "--set=train.then=none",
            "--quiet");
    assertThat(trained.status()).as(trained.err()).isZero();
    return run;
  }

  /** The generator's own classifier tells two classes of three; a short training some of it. */
  @Test
  void aModelOfEachClassTellsSequencesApart() throws Exception {
    assertThat(generate())
        .contains("class 0 exact -log p of the test set: 1.2715 nats/dim")
        .contains("the exact densities tell 97.97 % of the test set right");
    CommandResult told =
        CommandResult.of(
            "classify",
            "--model=1=" + train(1),
            "--model=2=" + train(2),
            "--truth=1=" + folder.resolve("test-1.npy"),
            "--truth=2=" + folder.resolve("test-2.npy"),
            "--set=solver.steps=2",
            "--output=" + folder.resolve("told"));
    assertThat(told.status()).as(told.err()).isZero();
    Matcher right = Pattern.compile("(?m)^right   ([0-9,]+) of 2,000: ").matcher(told.out());
    assertThat(right.find()).as(told.out()).isTrue();
    // 1,809 when it was written; chance is 1,000
    assertThat(Integer.parseInt(right.group(1).replace(",", ""))).isGreaterThan(1700);
  }
}
