package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, of few and short rounds. */
class QuickstartIT {
  @TempDir private Path folder;

  @Test
  void itLeavesAModelScoresSamplesAndAReport() throws IOException {
    Path run = folder.resolve("run");
    String script = Built.root().resolve("examples/quickstart").toString();
    Stream<String> brief =
        Stream.of(
                "train.rounds=2",
                "train.localSteps=2",
                "then.rounds=1",
                "then.localSteps=1",
                "solver.steps=2")
            .flatMap(setting -> Stream.of("--set", setting));
    List<String> command = Stream.concat(Stream.of(script, run.toString()), brief).toList();
    ChildProcess quickstart = ChildProcess.start("quickstart", folder, Map.of(), command);
    Story.requireDone(quickstart);
    assertThat(quickstart.out())
        .contains("trained 3 rounds", "scored  1,000 images, 0 with an error")
        .contains("report: " + run + "/report.html   samples: " + run + "/samples/samples.png");
    for (String file :
        List.of("model.zip", "scores/_manifest.json", "samples/samples.png", "report.html")) {
      assertThat(run.resolve(file)).isNotEmptyFile();
    }
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(3);
  }
}
