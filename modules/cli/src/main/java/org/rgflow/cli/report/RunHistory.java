package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.rgflow.data.DataException;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.CheckpointState;
import org.rgflow.spark.run.RunFolder;

/**
 * What a run's folder says of it.
 *
 * @param name as the user gave the folder
 * @param configuration YAML
 * @param metrics a node to a round
 * @param starts what each start was made by
 * @param checkpoints newest first
 * @param model the newest; empty before the first checkpoint
 */
public record RunHistory(
    String name,
    String configuration,
    List<JsonNode> metrics,
    List<JsonNode> starts,
    List<CheckpointState> checkpoints,
    Optional<FlowModel> model) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads a folder.
   *
   * @throws DataException if it holds no run, or a file of it is damaged
   */
  public static RunHistory read(String name, RunFolder run) {
    run.requireRun(name);
    return new RunHistory(
        name,
        text(run, RunFolder.CONFIG),
        lines(name + "/metrics.jsonl", run.metrics()),
        lines(name + "/" + RunFolder.PROVENANCE, text(run, RunFolder.PROVENANCE).lines().toList()),
        run.listedCheckpoints(),
        run.newestModel());
  }

  private static String text(RunFolder run, String file) {
    return run.read(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
  }

  private static List<JsonNode> lines(String file, List<String> lines) {
    List<JsonNode> nodes = new ArrayList<>();
    for (String line : lines) {
      try {
        nodes.add(JSON.readTree(line));
      } catch (IOException e) {
        throw new DataException(file + ": line " + (nodes.size() + 1) + " is not JSON", e);
      }
    }
    return nodes;
  }

  RunHistory named(String other) {
    return new RunHistory(other, configuration, metrics, starts, checkpoints, model);
  }

  /** Rounds of one objective, in their order. */
  record Phase(String objective, List<JsonNode> rounds) {
    double sum(String metric) {
      return sum(round -> round.path(metric).asDouble());
    }

    double sum(ToDoubleFunction<JsonNode> metric) {
      return rounds.stream().mapToDouble(metric).sum();
    }

    JsonNode last() {
      return rounds.get(rounds.size() - 1);
    }
  }

  /** The phases, in their order; none before the first round. */
  List<Phase> phases() {
    List<Phase> phases = new ArrayList<>();
    for (JsonNode round : metrics) {
      String objective = round.path("objective").asText();
      if (phases.isEmpty() || !phases.get(phases.size() - 1).objective().equals(objective)) {
        phases.add(new Phase(objective, new ArrayList<>()));
      }
      phases.get(phases.size() - 1).rounds().add(round);
    }
    return phases;
  }

  /** Rounds of objectives that solve: those of flow matching have no path, and another loss. */
  List<JsonNode> solved() {
    return metrics.stream().filter(round -> !round.has("level_losses")).toList();
  }

  /** Rounds that were validated. */
  List<JsonNode> validations() {
    return metrics.stream().filter(round -> round.has("held_out_loss")).toList();
  }

  /** The last round; empty before the first. */
  Optional<JsonNode> last() {
    return metrics.isEmpty() ? Optional.empty() : Optional.of(metrics.get(metrics.size() - 1));
  }

  /** Seconds of all rounds and their validations. */
  double seconds() {
    return metrics.stream()
        .mapToDouble(
            round -> round.path("seconds").asDouble() + round.path("validation_seconds").asDouble())
        .sum();
  }
}
