package org.rgflow.spark.retrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.rgflow.spark.score.Bootstrap;

/**
 * Whether a challenger becomes the champion, and why.
 *
 * @param promoted whether it does
 * @param reasons a line each
 * @param champion version that it was compared with; 0 for none
 * @param unit of all that is per dimension
 * @param images held-out images compared
 * @param championMean -log p per dimension under the champion; NaN of none
 * @param challengerMean the same under the challenger
 * @param gain mean over the images of how much lower it is; NaN of none
 * @param interval of the gain
 * @param rule by which it was decided
 */
public record Decision(
    boolean promoted,
    List<String> reasons,
    int champion,
    String unit,
    long images,
    double championMean,
    double challengerMean,
    double gain,
    Bootstrap.Interval interval,
    PromotionRule rule) {
  /** Takes the reasons as they are now. */
  public Decision {
    reasons = List.copyOf(reasons);
  }

  /** This one, taken back before the challenger became champion. */
  Decision withdrawn(String reason) {
    return new Decision(
        false,
        List.of(reason),
        champion,
        unit,
        images,
        championMean,
        challengerMean,
        gain,
        interval,
        rule);
  }

  /** Of the version published with it. */
  public JsonNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("promoted", promoted);
    ArrayNode why = json.putArray("reasons");
    reasons.forEach(why::add);
    json.put("champion", champion);
    json.put("unit", unit);
    json.put("images", images);
    putKnown(json, "champion_mean", championMean);
    putKnown(json, "challenger_mean", challengerMean);
    putKnown(json, "gain", gain);
    putKnown(json, "gain_low", interval.low());
    putKnown(json, "gain_high", interval.high());
    ObjectNode by = json.putObject("rule");
    by.put("margin", rule.margin());
    by.put("confidence", rule.confidence());
    by.put("resamples", rule.resamples());
    by.put("doubtful", rule.doubtful());
    by.put("seed", rule.seed());
    return json;
  }

  private static void putKnown(ObjectNode json, String name, double value) {
    if (!Double.isNaN(value)) {
      json.put(name, value);
    }
  }

  static Decision of(JsonNode json) {
    List<String> reasons = new ArrayList<>();
    json.path("reasons").forEach(reason -> reasons.add(reason.asText()));
    JsonNode rule = json.path("rule");
    return new Decision(
        json.path("promoted").asBoolean(),
        reasons,
        json.path("champion").asInt(),
        json.path("unit").asText(),
        json.path("images").asLong(),
        json.path("champion_mean").asDouble(Double.NaN),
        json.path("challenger_mean").asDouble(Double.NaN),
        json.path("gain").asDouble(Double.NaN),
        new Bootstrap.Interval(
            json.path("gain_low").asDouble(Double.NaN),
            json.path("gain_high").asDouble(Double.NaN)),
        new PromotionRule(
            rule.path("margin").asDouble(),
            rule.path("confidence").asDouble(),
            rule.path("resamples").asInt(),
            rule.path("doubtful").asDouble(),
            rule.path("seed").asLong()));
  }
}
