package org.rgflow.cli.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.rgflow.data.DataException;
import org.rgflow.flow.ode.SolverConfig;
import scala.Tuple2;

/**
 * Values of some keys from one place.
 *
 * @param origin shown beside each value, such as {@code --set}
 * @param values texts by key, as {@link Key#read} takes them
 */
public record Layer(String origin, Map<Key<?>, String> values) {
  private static final String SPARK_PREFIX = "spark.rgflow.";
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

  /** {@code key=value} texts; of two for one key, the later holds. */
  public static Layer settings(List<String> settings) {
    Map<Key<?>, String> values = new LinkedHashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("--set takes key=value, was " + setting);
      }
      values.put(Keys.named(setting.substring(0, equals).strip()), setting.substring(equals + 1));
    }
    return new Layer("--set", values);
  }

  /**
   * A YAML text: sections with keys, or dotted keys.
   *
   * @param name of the file, for errors
   */
  public static Layer yaml(String name, byte[] text) {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (IOException e) {
      throw new DataException(name + ": not YAML" + place(e), e);
    }
    Map<Key<?>, String> values = new LinkedHashMap<>();
    if (!root.isMissingNode() && !root.isNull()) {
      if (!root.isObject()) {
        throw new DataException(name + ": not a YAML mapping; allowed: sections with keys");
      }
      try {
        collect("", root, values);
      } catch (IllegalArgumentException e) {
        throw new DataException(name + ": " + e.getMessage(), e);
      }
    }
    return new Layer(name, values);
  }

  private static String place(IOException e) {
    String reason = e.getMessage().lines().findFirst().orElse("unreadable");
    return e instanceof JsonProcessingException known && known.getLocation() != null
        ? " at line " + known.getLocation().getLineNr() + ": " + reason
        : ": " + reason;
  }

  private static void collect(String prefix, JsonNode mapping, Map<Key<?>, String> values) {
    for (Map.Entry<String, JsonNode> entry : mapping.properties()) {
      String name = prefix + entry.getKey();
      JsonNode node = entry.getValue();
      if (node.isObject()) {
        collect(name + ".", node, values);
      } else if (node.isNull()) {
        requireSection(name);
      } else if (values.put(Keys.named(name), text(node)) != null) {
        throw new IllegalArgumentException(name + " is given twice");
      }
    }
  }

  /** A section whose keys are all commented out is none; a key without its value is a slip. */
  private static void requireSection(String name) {
    if (Keys.all().stream().noneMatch(key -> key.section().equals(name))) {
      throw new IllegalArgumentException(
          Keys.named(name).name() + " has no value; give it one, or remove the line");
    }
  }

  private static String text(JsonNode node) {
    if (!node.isArray()) {
      return node.asText();
    }
    List<String> items = new ArrayList<>();
    node.forEach(item -> items.add(item.asText()));
    return Key.writeList(items);
  }

  /** A model's solver. */
  public static Layer solver(String origin, SolverConfig solver) {
    Map<Key<?>, String> values = new LinkedHashMap<>();
    put(values, Keys.SOLVER_METHOD, solver.method());
    put(values, Keys.SOLVER_STEPS, solver.steps());
    put(values, Keys.SOLVER_GRADING, solver.grading());
    put(values, Keys.SOLVER_RTOL, solver.relativeTolerance());
    put(values, Keys.SOLVER_ATOL, solver.absoluteTolerance());
    put(values, Keys.SOLVER_MIN_STEP, solver.minStep());
    put(values, Keys.SOLVER_MAX_STEP, solver.maxStep());
    put(values, Keys.SOLVER_MAX_STEPS, solver.maxSteps());
    return new Layer(origin, values);
  }

  private static <T> void put(Map<Key<?>, String> values, Key<T> key, T value) {
    values.put(key, key.write(value));
  }

  /** Spark properties that begin with {@code spark.rgflow.}. */
  public static Layer sparkProperties(SparkConf conf) {
    Map<Key<?>, String> values = new LinkedHashMap<>();
    for (Tuple2<String, String> property : conf.getAllWithPrefix(SPARK_PREFIX)) {
      try {
        values.put(Keys.named(property._1()), property._2());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Spark property " + SPARK_PREFIX + e.getMessage(), e);
      }
    }
    return new Layer("spark.rgflow", values);
  }
}
