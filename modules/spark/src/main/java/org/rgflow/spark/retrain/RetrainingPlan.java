package org.rgflow.spark.retrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;
import org.rgflow.spark.registry.Names;

/**
 * What a retraining is of, settled when its training begins: one that is tried again does the same.
 *
 * @param model name in the registry
 * @param date logical date that it is for, any name that a folder can have
 * @param configuration SHA-256 of all that decides the result
 * @param data fingerprint of the files learnt from
 * @param known fingerprint of all files that were found
 * @param heldOut fingerprint of the files compared on
 * @param champion version that it starts from and is compared with; 0 for none
 */
public record RetrainingPlan(
    String model,
    String date,
    String configuration,
    String data,
    String known,
    String heldOut,
    int champion) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;
  private static final int DIGITS = 12;

  /** Checks the date. */
  public RetrainingPlan {
    Names.require("retrain.date", date);
  }

  /**
   * The date and a digest of (model, date, configuration, data, held-out data): the run's folder.
   */
  public String id() {
    String all = String.join("\n", model, date, configuration, data, heldOut);
    return date + "-" + Sha256.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  /** Whether what it comes to is the same, whatever the dates. */
  boolean isOfTheSameAs(RetrainingPlan other) {
    return new RetrainingPlan(model, other.date, configuration, data, known, heldOut, champion)
        .equals(other);
  }

  /** As the run's folder has it. */
  JsonNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT);
    json.put("model", model);
    json.put("date", date);
    json.put("configuration", configuration);
    json.put("data", data);
    json.put("known", known);
    json.put("held_out", heldOut);
    json.put("champion", champion);
    return json;
  }

  static RetrainingPlan of(String name, byte[] json) {
    try {
      return of(name, JSON.readTree(json));
    } catch (IOException e) {
      throw new DataException(name + ": not JSON, or damaged", e);
    }
  }

  static RetrainingPlan of(String name, JsonNode json) {
    int format = json.path("format").asInt();
    if (format != FORMAT) {
      throw new DataException(name + ": format must be " + FORMAT + ", was " + format);
    }
    return new RetrainingPlan(
        json.path("model").asText(),
        json.path("date").asText(),
        json.path("configuration").asText(),
        json.path("data").asText(),
        json.path("known").asText(),
        json.path("held_out").asText(),
        json.path("champion").asInt());
  }
}
