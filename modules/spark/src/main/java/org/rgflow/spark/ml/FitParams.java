package org.rgflow.spark.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.param.Param;
import org.rgflow.data.DataException;
import org.rgflow.data.Shape;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.train.plan.LearningRate;

/**
 * The Params that decide what a fit learns from its rows, as {@code params.json} of its run has
 * them: by name, but for those at their default, so that one that a later version adds changes no
 * run.
 *
 * <p>{@code shape} and {@code numShards} are always there, and are what they came to.
 */
final class FitParams {
  private static final String FILE = "params.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In the order in which they are compared. */
  private final Map<String, JsonNode> values = new LinkedHashMap<>();

  private final Map<String, JsonNode> defaults = new LinkedHashMap<>();

  /**
   * Those of a fit.
   *
   * @param shape of the examples
   * @param shards that it is trained in, at least 1
   */
  FitParams(RgFlow asked, Shape shape, int shards) {
    values.put(asked.shape().name(), tree(asked.shape().jsonEncode(axes(shape))));
    values.put(asked.numShards().name(), IntNode.valueOf(shards));
    for (Param<?> param : deciding(asked)) {
      values.put(param.name(), value(asked, param));
      defaults.put(param.name(), fallback(asked, param));
    }
  }

  private static int[] axes(Shape shape) {
    return IntStream.concat(IntStream.of(shape.channels()), IntStream.of(shape.grid())).toArray();
  }

  /** All of them but shape and numShards. */
  static List<Param<?>> deciding(RgFlow asked) {
    List<Param<?>> deciding =
        new ArrayList<>(
            List.<Param<?>>of(
                asked.pixels(),
                asked.pixelTransform(),
                asked.alpha(),
                asked.standardization(),
                asked.atom(),
                asked.tail(),
                asked.flip(),
                asked.shift(),
                asked.heldOutFraction(),
                asked.seed(),
                asked.hidden(),
                asked.kernelSize(),
                asked.padding(),
                asked.hyper(),
                asked.position(),
                asked.coarsening(),
                asked.blocks(),
                asked.skip(),
                asked.classes(),
                asked.solver(),
                asked.steps(),
                asked.tol(),
                asked.objective(),
                asked.maxIter(),
                asked.refineIter(),
                asked.stepSize(),
                asked.schedule(),
                asked.batchSize(),
                asked.localSteps(),
                asked.averageDecay()));
    // whose rate goes by the validations; the command lets them change otherwise, too
    if (asked.getSchedule().equals(ConstantNames.of(LearningRate.Schedule.PLATEAU))) {
      deciding.add(asked.checkpointInterval());
    }
    return deciding;
  }

  private static <T> JsonNode value(RgFlow asked, Param<T> param) {
    return tree(param.jsonEncode(asked.getOrDefault(param)));
  }

  private static <T> JsonNode fallback(RgFlow asked, Param<T> param) {
    return tree(param.jsonEncode(asked.getDefault(param).get()));
  }

  private static JsonNode tree(String encoded) {
    try {
      return JSON.readTree(encoded);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a Param is JSON, was " + encoded, e);
    }
  }

  /**
   * The shards that a run began with; empty where there is none.
   *
   * @throws DataException if its file is damaged
   */
  static Optional<Integer> shardsOf(RunFolder run) {
    return stored(run).map(json -> json.path("numShards").asInt()).filter(shards -> shards > 0);
  }

  private static Optional<JsonNode> stored(RunFolder run) {
    return run.read(FILE)
        .map(
            bytes -> {
              try {
                return JSON.readTree(bytes);
              } catch (IOException e) {
                throw new DataException(run.uri() + "/" + FILE + ": not JSON, or damaged", e);
              }
            });
  }

  /**
   * Writes them to a folder without a run, and checks that a run was begun with them.
   *
   * @throws DataException naming the first that differs
   */
  void keepIn(RunFolder run) {
    Optional<JsonNode> stored = stored(run);
    if (stored.isPresent()) {
      requireSame(stored.get(), run.uri());
    } else if (run.exists()) {
      throw new DataException(
          run.uri()
              + ": holds a run without "
              + FILE
              + ", of an earlier version or another command; allowed: another folder for runDir");
    } else {
      write(run);
    }
  }

  private void requireSame(JsonNode stored, String run) {
    values.forEach(
        (name, asked) -> {
          JsonNode begun = stored.has(name) ? stored.get(name) : defaults.get(name);
          if (!asked.equals(begun)) {
            throw new DataException(
                run
                    + ": holds a run of "
                    + name
                    + "="
                    + begun
                    + ", was asked for "
                    + asked
                    + "; allowed: "
                    + begun
                    + ", or another folder for runDir");
          }
        });
    stored
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!values.containsKey(name)) {
                throw new DataException(
                    run
                        + ": holds a run of "
                        + name
                        + "="
                        + stored.get(name)
                        + ", which this version does not know; allowed: another folder for runDir");
              }
            });
  }

  private void write(RunFolder run) {
    ObjectNode changed = JSON.createObjectNode();
    values.forEach(
        (name, value) -> {
          if (!value.equals(defaults.get(name))) {
            changed.set(name, value);
          }
        });
    try {
      run.write(FILE, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(changed));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }
}
