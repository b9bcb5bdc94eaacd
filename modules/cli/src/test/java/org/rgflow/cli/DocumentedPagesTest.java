package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of the reference runs as it stands, in a folder that has the images, runs and
 * scores that it names; only shorter. Those that need a cluster, or another's jar, are named below.
 */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class DocumentedPagesTest {
  /** A store, a cluster, a class of the reader's own; and all workloads, of which some follow. */
  private static final Pattern ELSEWHERE =
      Pattern.compile("s3a://|hdfs://|--master (yarn|spark)|my-energy[.]jar|bench$");

  /** What a folder has, or gets by commands: the first part of a path. */
  private static final Set<String> OURS =
      Set.of(
          "photos",
          "images",
          "clothes",
          "digits",
          "scans",
          "held-out",
          "test",
          "hole.png",
          "runs",
          "registry",
          "scores",
          "samples",
          "coded",
          "decoded",
          "told",
          "checked",
          "new-photos",
          "hierarchy",
          "correlation",
          "filled",
          "of-pets",
          "a-and-b.html",
          "cifar-10-batches-bin");

  private static final Pattern BRACES = Pattern.compile("(.*)[{]([0-9,]+)[}](.*)");

  private static final List<String> SMALL =
      List.of(
          "--set=model.hidden=[4]",
          "--set=solver.steps=2",
          "--set=train.shards=2",
          "--set=train.batch=2",
          "--set=train.localSteps=1",
          "--set=train.validationExamples=4",
          "--set=train.checkpointEvery=1",
          "--set=then.rounds=1",
          "--set=then.localSteps=1",
          "--set=run.samples=4");

  /** Of each command what makes it short; a value that the page has is replaced. */
  private static final Map<String, List<String>> SHORTER =
      Map.of(
          "retrain", Stream.concat(Stream.of("--set=train.rounds=2"), SMALL.stream()).toList(),
          "train", Stream.concat(Stream.of("--rounds=2"), SMALL.stream()).toList(),
          "physics", List.of("--samples=32", "--chains=4", "--trajectories=4"),
          "sample", List.of("--count=4"),
          "inpaint", List.of("--count=1", "--draws=1", "--set=inpaint.trajectories=4"),
          "report", List.of("--images=8"),
          "bench", List.of("--size=8", "--batch=2", "--repeats=1", "--steps=1"));

  /** Whose images and models decide how they end: not promoted, drifted. */
  private static final Map<String, List<Integer>> ENDS =
      Map.of("retrain", List.of(0, 4), "monitor", List.of(0, 6));

  @TempDir private Path folder;

  @BeforeEach
  void whatTheCommandsName() throws IOException {
    for (String set : List.of("photos", "photos/test", "test/cats", "test/dogs")) {
      DrawnImages.discs(folder.resolve(set), 0, 6, 8);
    }
    DrawnImages.discs(folder.resolve("images"), 20, 6, 8);
    DrawnImages.slopes(folder.resolve("scans"), 0, 6, 8);
    DrawnImages.slopes(folder.resolve("new-photos"), 50, 12, 8);
    DrawnImages.slopes(folder.resolve("held-out"), 100, 12, 8);
    for (String set : List.of("clothes", "digits")) {
      DrawnImages.discs(folder.resolve(set), 0, 6, 28);
    }
    for (String name : List.of("a.png", "b.png")) {
      Files.copy(folder.resolve("clothes/0.png"), folder.resolve("clothes/" + name));
    }
    DrawnImages.slopes(folder.resolve("masks"), 0, 1, 28);
    Files.copy(folder.resolve("masks/0.png"), folder.resolve("hole.png"));
    Path cifar = Files.createDirectories(folder.resolve("cifar-10-batches-bin"));
    for (String batch :
        List.of(
            "data_batch_1",
            "data_batch_2",
            "data_batch_3",
            "data_batch_4",
            "data_batch_5",
            "test_batch")) {
      byte[] images = new byte[2 * 3073];
      images[batch.length()] = (byte) batch.hashCode();
      Files.write(cifar.resolve(batch + ".bin"), images);
    }
    run("train --data photos --run runs/photos");
    for (String copy : List.of("matched", "cats", "dogs", "a", "b")) {
      FileUtils.copyDirectory(
          folder.resolve("runs/photos").toFile(), folder.resolve("runs/" + copy).toFile());
    }
    FileUtils.deleteDirectory(folder.resolve("runs/photos").toFile());
    run("train --data test --run runs/pets --set model.classes=[cats,dogs]");
    run("train --config examples/phi4-6.yaml");
    String night = "retrain --registry registry --name photos --validation held-out";
    run(night + " --data photos --date 2026-01-01");
    run(night + " --data images --date 2026-01-02");
    for (String scores : List.of("train", "test", "strange")) {
      run("score --model runs/a --data photos --output scores/" + scores);
    }
  }

  @Test
  void everyCommandOfTheReferenceDoesItsWork() throws IOException {
    int ran = 0;
    SoftAssertions all = new SoftAssertions();
    for (DocumentedPage.Block block :
        new DocumentedPage(DocumentedPage.ROOT.resolve("docs/commands.md")).blocks()) {
      for (String command : block.commands()) {
        if (!ELSEWHERE.matcher(command).find()) {
          all.check(() -> run(DocumentedPage.words(command)));
          ran++;
        }
      }
    }
    all.assertAll();
    assertThat(ran).isGreaterThan(50);
  }

  private void run(String command) throws IOException {
    run(List.of(command.split(" ")));
  }

  private void run(List<String> words) throws IOException {
    List<String> given = new ArrayList<>();
    for (String word : words) {
      boolean isNoPath = given.isEmpty() || given.get(given.size() - 1).equals("--name");
      given.addAll(isNoPath ? List.of(word) : expanded(word));
    }
    int output = given.indexOf("--output");
    assertThat(output < 0 || Path.of(given.get(output + 1)).isAbsolute())
        .as("%s: its output has a place in the folder of the test", words)
        .isTrue();
    String[] arguments = shortened(given).toArray(String[]::new);
    CommandResult result = CommandResult.of(arguments);
    assertThat(result.status())
        .as("%s: %s", String.join(" ", arguments), result.err())
        .isIn(ENDS.getOrDefault(words.get(0), List.of(0)));
  }

  /** What a shell makes of a word, and where its path is here. */
  private List<String> expanded(String word) throws IOException {
    Matcher braces = BRACES.matcher(word);
    if (braces.matches()) {
      List<String> all = new ArrayList<>();
      for (String one : braces.group(2).split(",")) {
        all.addAll(expanded(braces.group(1) + one + braces.group(3)));
      }
      return all;
    }
    String placed = placed(word);
    if (!word.contains("*")) {
      return List.of(placed);
    }
    Path pattern = Path.of(placed);
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(pattern.getParent(), pattern.getFileName().toString())) {
      files.forEach(file -> found.add(file.toString()));
    }
    return List.of(Collections.min(found)); // one tells as much as all
  }

  private String placed(String word) {
    int value = word.indexOf('=') + 1; // of CLASS=PATH too
    String path = word.substring(value);
    String first = path.split("/")[0];
    if (List.of("examples", "modules").contains(first)) {
      return word.substring(0, value) + DocumentedPage.ROOT.resolve(path);
    }
    return OURS.contains(first) ? word.substring(0, value) + folder.resolve(path) : word;
  }

  /** The words with smaller numbers, and with paths that a configuration has for the root. */
  private List<String> shortened(List<String> words) {
    List<String> all = new ArrayList<>(words);
    for (String option : SHORTER.getOrDefault(words.get(0), List.of())) {
      String name = option.substring(0, option.indexOf('='));
      int at = name.equals("--set") ? -1 : all.indexOf(name);
      if (at < 0) {
        all.add(option);
      } else {
        all.set(at + 1, smaller(all.get(at + 1), option.substring(name.length() + 1)));
      }
    }
    for (String word : words) {
      if (word.endsWith(".yaml")) {
        String name = Path.of(word).getFileName().toString().replace(".yaml", "");
        if (!words.contains("--run")) {
          all.add("--run=" + folder.resolve("runs/" + name));
        }
        if (name.startsWith("fashion")) {
          all.add("--data=" + BundledImages.TRAIN);
        }
      }
    }
    return all;
  }

  /** So that a run that is to go on has more rounds than before. */
  private static String smaller(String number, String least) {
    return number.matches("[0-9]{4}") ? Integer.toString(Integer.parseInt(number) / 250) : least;
  }
}
