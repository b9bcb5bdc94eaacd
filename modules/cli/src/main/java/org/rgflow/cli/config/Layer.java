package org.rgflow.cli.config;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.ValueTransform;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.train.shards.PixelConfig;
import scala.Tuple2;

/**
 * Values of some keys from one place.
 *
 * @param origin shown beside each value, such as {@code --set}
 * @param values texts by key, as {@link Key#read} takes them
 */
public record Layer(String origin, Map<Key<?>, String> values) {
  private static final String SPARK_PREFIX = "spark.rgflow.";

  /**
   * {@code KEY=VALUE} texts.
   *
   * @throws IllegalArgumentException if one is not, or a key is given twice
   */
  public static Layer settings(List<String> settings) {
    Map<Key<?>, String> values = new LinkedHashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      String name = setting.substring(0, Math.max(0, equals)).strip();
      if (name.isEmpty()) {
        throw new IllegalArgumentException("--set must be KEY=VALUE, was " + setting);
      }
      String value = setting.substring(equals + 1);
      requireNoSection(name, value);
      Key<?> key = Keys.named(name);
      String before = values.put(key, value);
      if (before != null) {
        throw new IllegalArgumentException(
            "--set " + key.name() + " must be given once, was " + before + " and " + value);
      }
    }
    return new Layer("--set", values);
  }

  /**
   * A YAML text: sections with keys, or dotted keys.
   *
   * @param name of the file, for errors
   * @throws DataException naming the file, if it is no such text, or a value is not allowed
   */
  public static Layer yaml(String name, byte[] text) {
    List<Object> documents;
    try {
      documents = YamlTexts.documents(text);
    } catch (IOException e) {
      throw new DataException(name + ": " + YamlTexts.reason(e), e);
    }
    if (documents.size() > 1) {
      throw new DataException(
          name + ": has " + documents.size() + " YAML documents (---); allowed: one");
    }
    Map<Key<?>, String> values = new LinkedHashMap<>();
    for (Object root : documents) {
      if (!(root instanceof Map<?, ?> mapping)) {
        throw new DataException(name + ": not a YAML mapping; allowed: sections with keys");
      }
      try {
        collect("", mapping, values);
      } catch (IllegalArgumentException e) {
        throw new DataException(name + ": " + e.getMessage(), e);
      }
    }
    return new Layer(name, values);
  }

  private static void collect(String prefix, Map<?, ?> mapping, Map<Key<?>, String> values) {
    for (Map.Entry<?, ?> entry : mapping.entrySet()) {
      String name = prefix + entry.getKey();
      Object value = entry.getValue();
      if (value instanceof Map<?, ?> below) {
        collect(name + ".", below, values);
      } else if (value == null) {
        requireSection(name);
      } else {
        requireNoSection(name, text(value));
        if (values.put(known(name, text(value)), text(value)) != null) {
          throw new IllegalArgumentException(name + " is given twice");
        }
      }
    }
  }

  /** The key of a name, of which the value is one: here it is still known where it stands. */
  private static Key<?> known(String name, String value) {
    Key<?> key = Keys.named(name);
    key.read(value);
    return key;
  }

  /** A section whose keys are all commented out is none; a key without its value is a slip. */
  private static void requireSection(String name) {
    if (keysOf(name).isEmpty()) {
      throw new IllegalArgumentException(
          Keys.named(name).name() + " has no value; give it one, or remove the line");
    }
  }

  private static void requireNoSection(String name, String value) {
    List<String> keys = keysOf(name);
    if (!keys.isEmpty()) {
      throw new IllegalArgumentException(
          name + " is a section, was " + value + "; allowed: its keys " + String.join(", ", keys));
    }
  }

  private static List<String> keysOf(String section) {
    return Keys.all().stream()
        .filter(key -> key.section().equals(section))
        .<String>map(Key::name)
        .toList();
  }

  private static String text(Object value) {
    return value instanceof List<?> items
        ? Key.writeList(items.stream().map(String::valueOf).toList())
        : value.toString();
  }

  /** What becomes of a model's examples, but for what is fitted to them. */
  static Layer transform(String origin, ExampleTransform transform) {
    Map<Key<?>, String> values = new LinkedHashMap<>();
    if (transform instanceof LogitTransform logit) {
      put(values, Keys.PIXELS_TRANSFORM, PixelConfig.Transform.LOGIT);
      put(values, Keys.PIXELS_ALPHA, logit.alpha());
      put(values, Keys.PIXELS_STANDARDISE, !logit.standardisation().isNone());
    } else if (transform instanceof GaussianTransform gaussian) {
      put(values, Keys.PIXELS_TRANSFORM, PixelConfig.Transform.GAUSSIAN);
      put(values, Keys.PIXELS_ALPHA, gaussian.alpha());
      put(values, Keys.PIXELS_ATOM, gaussian.atom());
      put(values, Keys.PIXELS_TAIL, gaussian.tail());
    } else if (transform instanceof ValueTransform ofValues) {
      put(values, Keys.VALUES_STANDARDISE, !ofValues.standardisation().isNone());
    }
    return new Layer(origin, values);
  }

  /** A model's architecture. */
  static Layer model(String origin, FlowConfig model) {
    Map<Key<?>, String> values = new LinkedHashMap<>();
    put(values, Keys.MODEL_STRIDE, model.stride());
    put(values, Keys.MODEL_HIDDEN, Arrays.stream(model.hidden()).boxed().toList());
    put(values, Keys.MODEL_KERNEL, model.kernel());
    put(values, Keys.MODEL_PADDING, model.padding());
    put(values, Keys.MODEL_ACTIVATION, model.activation());
    put(values, Keys.MODEL_BIAS, model.bias());
    put(values, Keys.MODEL_HYPER, model.hyper());
    put(values, Keys.MODEL_BASE, model.base());
    put(values, Keys.MODEL_POSITION, model.position());
    put(values, Keys.MODEL_COARSENING, model.coarsening());
    put(values, Keys.MODEL_BLOCKS, model.blocks());
    put(values, Keys.MODEL_SKIP, model.skip());
    put(values, Keys.MODEL_CLASSES, model.classes());
    return new Layer(origin, values);
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
        requireNoSection(property._1(), property._2());
        values.put(known(property._1(), property._2()), property._2());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Spark property " + SPARK_PREFIX + e.getMessage(), e);
      }
    }
    return new Layer("spark.rgflow", values);
  }
}
