package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rgflow.spark.run.CheckpointState;

/** By what a run was made, and what it left, as blocks of a page. */
final class Origin {
  private Origin() {}

  static Block checkpoints(List<CheckpointState> checkpoints) {
    return new Block.Table(
        List.of("checkpoint", "bytes", "held-out loss", "state"),
        checkpoints.stream()
            .map(
                one ->
                    Block.Table.line(
                        one.name(),
                        Numbers.of("%,d", one.bytes()),
                        Double.isNaN(one.heldOutLoss())
                            ? ""
                            : Numbers.of("%.4f", one.heldOutLoss()),
                        one.isComplete() ? "complete" : one.damage()))
            .toList());
  }

  static Stream<Block> starts(List<JsonNode> starts) {
    List<Block.Table.Line> rows = new ArrayList<>();
    for (JsonNode start : starts) {
      List<String> command = new ArrayList<>();
      start.path("command_line").forEach(word -> command.add(word.asText()));
      rows.add(
          Block.Table.line(
              start.path("started").asText().replaceFirst("[.][0-9]+", ""),
              start.path("rgflow").asText() + " " + start.path("revision").asText(),
              "Java " + start.path("java").asText(),
              start.path("backend").asText(),
              "rgflow " + String.join(" ", command)));
    }
    return rows.isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Block.Table(List.of("started", "rgflow", "Java", "backend", "command"), rows));
  }
}
