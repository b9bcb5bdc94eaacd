package org.rgflow.spark.retrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a retraining came to.
 *
 * @param version that it published
 * @param promoted whether that became the champion
 * @param reasons a line each
 */
public record Outcome(int version, boolean promoted, List<String> reasons) {
  /** Takes the reasons as they are now. */
  public Outcome {
    reasons = List.copyOf(reasons);
  }

  JsonNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", version);
    json.put("promoted", promoted);
    ArrayNode why = json.putArray("reasons");
    reasons.forEach(why::add);
    return json;
  }

  static Outcome of(JsonNode json) {
    List<String> reasons = new ArrayList<>();
    json.path("reasons").forEach(reason -> reasons.add(reason.asText()));
    return new Outcome(json.path("version").asInt(), json.path("promoted").asBoolean(), reasons);
  }
}
