package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bundled example at half its width, cut to an eighth of its matching and a tenth of its
 * refinement, still learns.
 */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class LearningTest {
  private static final Path ROOT = Path.of("../..");
  private static final int IMAGES = 250;

  @Test
  void bothPhasesOfTheBundledExampleStayBelowTheCommittedBound(@TempDir Path folder)
      throws IOException {
    String run = folder.resolve("run").toString();
    CommandResult trained =
        CommandResult.of(
            "train",
            "--config=" + ROOT.resolve("examples/fashion-mnist-bundled.yaml"),
            "--data=" + BundledImages.TRAIN,
            "--run=" + run,
            "--set=model.hidden=[16,16]",
            "--set=train.rounds=12",
            "--set=then.rounds=3",
            "--quiet");
    assertThat(trained.err()).isEmpty();
    assertThat(trained.status()).isZero();

    CommandResult evaluated =
        CommandResult.of(
            "evaluate",
            "--model=" + run,
            "--data=" + BundledImages.firstOfTest(IMAGES, folder.resolve("images.idx")),
            "--json");
    assertThat(evaluated.status()).as(evaluated.err()).isZero();

    JsonNode found = new ObjectMapper().readTree(evaluated.out());
    assertThat(found.path("images").asInt()).isEqualTo(IMAGES);
    assertThat(found.path("errors").asInt()).isZero();
    assertThat(found.path("divergence").asText()).isEqualTo("closed-form");
    // a flow that learns its solver's error instead of the images would look better than it is
    assertThat(found.path("solver_error_mean").asDouble()).isBetween(-0.01, 0.01);
    assertThat(found.path("mean").asDouble()).isLessThan(bound());
  }

  private static double bound() throws IOException {
    Path file = ROOT.resolve("results/fashion-mnist-bundled/bound.json");
    return new ObjectMapper()
        .readTree(Files.readString(file))
        .path("bound_bits_per_dim")
        .asDouble();
  }
}
