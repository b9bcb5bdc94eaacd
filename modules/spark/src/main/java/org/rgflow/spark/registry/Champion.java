package org.rgflow.spark.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Which version is in use, and why.
 *
 * @param sequence changes of champion so far, this one included
 * @param version that is champion now
 * @param before version that was; 0 for none
 * @param rollback whether it came back by taking back the promotion of {@code before}
 * @param run that promoted it; empty of one by hand
 * @param reason in a line
 * @param since when, ISO 8601, UTC
 */
public record Champion(
    int sequence,
    int version,
    int before,
    boolean rollback,
    String run,
    String reason,
    String since) {
  JsonNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("sequence", sequence);
    json.put("version", version);
    json.put("before", before);
    json.put("rollback", rollback);
    json.put("run", run);
    json.put("reason", reason);
    json.put("since", since);
    return json;
  }

  static Champion of(JsonNode json) {
    return new Champion(
        json.path("sequence").asInt(),
        json.path("version").asInt(),
        json.path("before").asInt(),
        json.path("rollback").asBoolean(),
        json.path("run").asText(),
        json.path("reason").asText(),
        json.path("since").asText());
  }
}
