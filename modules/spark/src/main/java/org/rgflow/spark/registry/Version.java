package org.rgflow.spark.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.FileSums;

/**
 * A published version of a model: its folder is complete.
 *
 * @param number counted from 1
 * @param run that made it
 * @param published when, ISO 8601, UTC
 * @param sums of its files
 */
public record Version(int number, String run, String published, FileSums sums) {
  /** The model of a version. */
  public static final String MODEL = "model.zip";

  private static final int FORMAT = 1;

  JsonNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT);
    json.put("version", number);
    json.put("run", run);
    json.put("published", published);
    sums.putTo(json);
    return json;
  }

  static Version of(String name, JsonNode json) {
    int format = json.path("format").asInt();
    if (format != FORMAT) {
      throw new DataException(name + ": format must be " + FORMAT + ", was " + format);
    }
    return new Version(
        json.path("version").asInt(),
        json.path("run").asText(),
        json.path("published").asText(),
        FileSums.in(json));
  }
}
