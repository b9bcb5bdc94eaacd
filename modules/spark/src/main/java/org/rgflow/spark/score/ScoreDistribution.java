package org.rgflow.spark.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.DataException;

/**
 * The distribution of -log p per dimension over a set of images, by its quantiles.
 *
 * @param model identity of the model
 * @param scoring configuration of the scores, as text
 * @param unit bits/dim or nats/dim
 * @param images with a score
 * @param quantiles that shares 0, 1/n, ..., 1 of the images lie at or below
 */
public record ScoreDistribution(
    String model, String scoring, String unit, long images, double[] quantiles) {
  /** Shares between quantiles. */
  private static final int PARTS = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * That of finished scores.
   *
   * @throws DataException if they are not finished, or there are none
   */
  public static ScoreDistribution of(SparkSession spark, String folder) {
    ScoreFolder scored = ScoreFolder.finished(spark.sessionState().newHadoopConf(), folder);
    ScorePlan plan = scored.plan().orElseThrow();
    Dataset<Double> scores =
        scored
            .rows(spark)
            .selectExpr(ScoringJob.PER_DIMENSION + " as score")
            .where("score is not null")
            .as(Encoders.DOUBLE());
    long images = scores.count();
    if (images == 0) {
      throw new DataException(folder + ": no image has a score; allowed: at least 1");
    }
    return new ScoreDistribution(
        plan.model(),
        plan.scoring(),
        scored.summary().orElseThrow().unit(),
        images,
        quantiles(scores, images));
  }

  /** By the two scores about the rank i (n - 1)/{@value #PARTS}. */
  private static double[] quantiles(Dataset<Double> scores, long images) {
    double[] ranks =
        IntStream.rangeClosed(0, PARTS).mapToDouble(i -> i * (images - 1.0) / PARTS).toArray();
    Set<Long> wanted = new HashSet<>();
    for (double rank : ranks) {
      wanted.add((long) Math.floor(rank));
      wanted.add((long) Math.ceil(rank));
    }
    Map<Long, Double> found = Ranks.of(scores, wanted);
    return Arrays.stream(ranks)
        .map(
            rank -> {
              double below = found.get((long) Math.floor(rank));
              double above = found.get((long) Math.ceil(rank));
              return below + (rank - Math.floor(rank)) * (above - below);
            })
        .toArray();
  }

  /** Checks that scores of a plan are made as these were. */
  void requireSameScores(ScorePlan plan, String folder) {
    ScorePlan own = new ScorePlan(model, scoring, "", false, 0, 1, 1);
    plan.requireSameScores(
        own, folder, "scores by the champion, made as those of its held-out images were");
  }

  /** As a version has it. */
  public JsonNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("model", model);
    json.put("scoring", scoring);
    json.put("unit", unit);
    json.put("images", images);
    ArrayNode values = json.putArray("quantiles");
    for (double quantile : quantiles) {
      values.add(quantile);
    }
    return json;
  }

  /**
   * Reads what {@link #json()} gave.
   *
   * @param name of the file, for errors
   */
  public static ScoreDistribution of(String name, byte[] bytes) {
    try {
      JsonNode json = JSON.readTree(bytes);
      JsonNode values = json.path("quantiles");
      return new ScoreDistribution(
          json.path("model").asText(),
          json.path("scoring").asText(),
          json.path("unit").asText(),
          json.path("images").asLong(),
          IntStream.range(0, values.size()).mapToDouble(i -> values.get(i).asDouble()).toArray());
    } catch (IOException e) {
      throw new DataException(name + ": not JSON, or damaged", e);
    }
  }
}
