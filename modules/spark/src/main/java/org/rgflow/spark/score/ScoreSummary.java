package org.rgflow.spark.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the scores of a set come to.
 *
 * @param rows examples
 * @param duplicateKeys examples whose key one before has
 * @param errors examples without a score
 * @param doubtful examples with a score whose status is not ok
 * @param unit of what is per dimension
 * @param mean of -log p per dimension over examples with a score; NaN of none
 * @param standardError of that mean, in its unit; NaN of fewer than two scores
 * @param percentiles of -log p per dimension, each that of an example; none without a score
 * @param largestSolverError of any example, nats; NaN where none is known
 * @param meanSolverError with its sign, nats; NaN where none is known
 */
public record ScoreSummary(
    long rows,
    long duplicateKeys,
    long errors,
    long doubtful,
    String unit,
    double mean,
    double standardError,
    List<Percentile> percentiles,
    double largestSolverError,
    double meanSolverError) {
  /**
   * A value that a share of the examples lies below.
   *
   * @param share in [0, 1]
   */
  public record Percentile(double share, double value) {}

  /** Takes the list as it is now. */
  public ScoreSummary {
    percentiles = List.copyOf(percentiles);
  }

  /** Whether there are examples of which none has a score. */
  boolean hasNone() {
    return rows > 0 && errors == rows;
  }

  void putTo(ObjectNode json) {
    json.put("rows", rows);
    json.put("duplicate_keys", duplicateKeys);
    json.put("errors", errors);
    json.put("doubtful", doubtful);
    json.put("unit", unit);
    putKnown(json, "mean", mean);
    putKnown(json, "standard_error", standardError);
    ObjectNode shares = json.putObject("percentiles");
    percentiles.forEach(one -> shares.put(Double.toString(one.share()), one.value()));
    putKnown(json, "largest_solver_error", largestSolverError);
    putKnown(json, "mean_solver_error", meanSolverError);
  }

  private static void putKnown(ObjectNode json, String name, double value) {
    if (!Double.isNaN(value)) {
      json.put(name, value);
    }
  }

  static ScoreSummary of(JsonNode json) {
    List<Percentile> percentiles = new ArrayList<>();
    json.path("percentiles")
        .fields()
        .forEachRemaining(
            one ->
                percentiles.add(
                    new Percentile(Double.parseDouble(one.getKey()), one.getValue().asDouble())));
    return new ScoreSummary(
        json.path("rows").asLong(),
        json.path("duplicate_keys").asLong(),
        json.path("errors").asLong(),
        json.path("doubtful").asLong(),
        json.path("unit").asText(),
        json.path("mean").asDouble(Double.NaN),
        json.path("standard_error").asDouble(Double.NaN),
        percentiles,
        json.path("largest_solver_error").asDouble(Double.NaN),
        json.path("mean_solver_error").asDouble(Double.NaN));
  }
}
