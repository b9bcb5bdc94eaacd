package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Layer;

/** What is committed of runs on energies whose log Z is known exactly. */
class CommittedResultsTest {
  private static final Path ROOT = Path.of("../..");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Of nats/dim: a run that learns its solver's error has a bound that is none. That of 16 x 16
   * began to at its round 80, where the two solves differ by 0.0101, or 2.6 nats.
   */
  private static final double SOLVED = 0.005;

  private static double exactLogZ(String run) throws IOException {
    String name = "results/" + run + ".yaml";
    byte[] text = Files.readAllBytes(ROOT.resolve(name));
    return Configuration.resolve(List.of(Layer.yaml(name, text)))
        .energy()
        .orElseThrow()
        .create()
        .logPartition()
        .orElseThrow();
  }

  private static List<JsonNode> solvedValidations(String run) throws IOException {
    List<JsonNode> solved = new ArrayList<>();
    for (String text : Files.readAllLines(ROOT.resolve("results/" + run + ".jsonl"))) {
      JsonNode line = JSON.readTree(text);
      if (line.has("bound") && Math.abs(line.required("solver_error").doubleValue()) < SOLVED) {
        solved.add(line);
      }
    }
    return solved;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ising/4",
        "ising/8",
        "ising/8-finer",
        "ising/16",
        "ising/16-finer",
        "phi4-3d/free"
      })
  void noBoundOnTheFreeEnergyIsBelowTheExactOne(String run) throws IOException {
    double exact = -exactLogZ(run);
    List<JsonNode> validations = solvedValidations(run);
    assertThat(validations).hasSizeGreaterThan(1);
    for (JsonNode line : validations) {
      double error = line.required("bound_error").doubleValue();
      assertThat(error).isPositive();
      assertThat(line.required("bound").doubleValue())
          .as("round %d", line.required("round").intValue())
          .isGreaterThan(exact - 4 * error);
    }
  }
}
