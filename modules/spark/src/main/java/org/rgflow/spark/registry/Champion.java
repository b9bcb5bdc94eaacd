package org.rgflow.spark.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.rgflow.data.DataException;

/**
 * Which version is in use, and why.
 *
 * @param sequence number of this change of champion, above those of all before
 * @param after number of the change that it followed; 0 for none
 * @param version that is champion now
 * @param before version that was; 0 for none
 * @param rollback whether it came back by taking back the promotion of {@code before}
 * @param run that promoted it; empty of one by hand
 * @param reason in a line
 * @param since when, ISO 8601, UTC
 */
public record Champion(
    int sequence,
    int after,
    int version,
    int before,
    boolean rollback,
    String run,
    String reason,
    String since) {
  JsonNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("sequence", sequence);
    json.put("after", after);
    json.put("version", version);
    json.put("before", before);
    json.put("rollback", rollback);
    json.put("run", run);
    json.put("reason", reason);
    json.put("since", since);
    return json;
  }

  /**
   * Reads what {@link #json()} gave, or one without {@code after}, which is of a registry that
   * counted without gaps.
   *
   * @param name of the file, for errors
   * @throws DataException if it is anything else
   */
  static Champion of(String name, JsonNode json) {
    int sequence = json.path("sequence").asInt();
    Champion champion =
        new Champion(
            sequence,
            json.path("after").asInt(sequence - 1),
            json.path("version").asInt(),
            json.path("before").asInt(-1),
            json.path("rollback").asBoolean(),
            json.path("run").asText(),
            json.path("reason").asText(),
            json.path("since").asText());
    boolean isWhole =
        json.path("rollback").isBoolean()
            && json.path("run").isTextual()
            && json.path("reason").isTextual()
            && Version.isInstant(champion.since)
            && champion.after >= 0
            && champion.after < sequence
            && champion.version > 0
            && champion.before >= 0;
    if (!isWhole) {
      throw new DataException(name + ": not a champion, or damaged");
    }
    return champion;
  }
}
