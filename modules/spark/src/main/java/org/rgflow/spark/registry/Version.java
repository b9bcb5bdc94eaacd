package org.rgflow.spark.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
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

  /**
   * Reads what {@link #json()} gave.
   *
   * @param name of the file, for errors
   * @throws DataException if it is of another format, or anything else
   */
  static Version of(String name, JsonNode json) {
    int format = json.path("format").asInt(FORMAT);
    if (format != FORMAT) {
      throw new DataException(name + ": format must be " + FORMAT + ", was " + format);
    }
    Version version =
        new Version(
            json.path("version").asInt(),
            json.path("run").asText(),
            json.path("published").asText(),
            FileSums.in(json));
    boolean isWhole =
        json.has("format")
            && json.path("run").isTextual()
            && version.number > 0
            && isInstant(version.published)
            && version.sums.files().containsKey(MODEL);
    if (!isWhole) {
      throw new DataException(name + ": not a version, or damaged");
    }
    return version;
  }

  /** Whether a text is a time in UTC. */
  static boolean isInstant(String text) {
    try {
      return Instant.parse(text) != null;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
