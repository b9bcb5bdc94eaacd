package org.rgflow.spark.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.rgflow.data.DataException;

/**
 * What a scoring is of, settled before its first chunk: a job that finds one goes on with it, or is
 * refused.
 *
 * @param model identity of the model
 * @param scoring configuration of the scores, as text
 * @param images fingerprint of the files
 * @param latents whether rows have them
 * @param count examples
 * @param chunk examples of one chunk
 * @param partitions tasks, and files, of a chunk; 0 of plans from before they had it
 */
record ScorePlan(
    String model,
    String scoring,
    String images,
    boolean latents,
    long count,
    int chunk,
    int partitions) {
  static final int FORMAT = 1;

  /** Number of chunks: at least one, which may be empty. */
  int chunks() {
    return (int) Math.max(1, -Math.floorDiv(-count, (long) chunk));
  }

  /** First example of a chunk. */
  long first(int number) {
    return Math.min(count, (long) number * chunk);
  }

  /**
   * Checks that scores of this plan are scores of the other's model and configuration too.
   *
   * @param folder for the message
   * @param allowed what to do about it, for the message
   */
  void requireSameScores(ScorePlan other, String folder, String allowed) {
    require("another model", model, other.model, folder, allowed);
    require("another configuration", scoring, other.scoring, folder, allowed);
  }

  /** Checks that an output of this plan can be gone on with by the other. */
  void requireSameOutput(ScorePlan other, String folder) {
    String allowed = "a new path, or score.overwrite=true";
    requireSameScores(other, folder, allowed);
    require("another layout", layout(latents), layout(other.latents), folder, allowed);
  }

  private static String layout(boolean latents) {
    return latents ? "with latents" : "without latents";
  }

  private static void require(
      String what, String begun, String wanted, String folder, String allowed) {
    if (!begun.equals(wanted)) {
      throw new DataException(
          folder
              + ": holds scores of "
              + what
              + ", "
              + begun
              + ", not "
              + wanted
              + "; allowed: "
              + allowed);
    }
  }

  void putTo(ObjectNode json) {
    json.put("format", FORMAT);
    json.put("model", model);
    json.put("scoring", scoring);
    json.put("images", images);
    json.put("latents", latents);
    json.put("count", count);
    json.put("chunk", chunk);
    json.put("partitions", partitions);
  }

  /**
   * @param name of the file, for errors
   */
  static ScorePlan of(String name, JsonNode json) {
    int format = json.path("format").asInt();
    if (format < 1 || format > FORMAT) {
      throw new DataException(
          name + ": format of scores must be in [1, " + FORMAT + "], was " + format);
    }
    return new ScorePlan(
        json.path("model").asText(),
        json.path("scoring").asText(),
        json.path("images").asText(),
        json.path("latents").asBoolean(),
        json.path("count").asLong(),
        json.path("chunk").asInt(),
        json.path("partitions").asInt());
  }
}
