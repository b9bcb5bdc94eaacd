package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Keys;
import org.rgflow.spark.ml.RgFlow;

/** The estimator of Spark ML and the command train the same model unless told otherwise. */
class StageDefaultsTest {
  @ParameterizedTest
  @CsvSource({
    "channels, data.channels",
    "hidden, model.hidden",
    "kernelSize, model.kernel",
    "padding, model.padding",
    "hyper, model.hyper",
    "position, model.position",
    "coarsening, model.coarsening",
    "blocks, model.blocks",
    "skip, model.skip",
    "classes, model.classes",
    "solver, solver.method",
    "steps, solver.steps",
    "tol, solver.rtol",
    "maxIter, train.rounds",
    "objective, train.objective",
    "stepSize, train.learningRate",
    "schedule, train.schedule",
    "batchSize, train.batch",
    "localSteps, train.localSteps",
    "averageDecay, train.averageDecay",
    "numShards, train.shards",
    "heldOutFraction, train.heldOutFraction",
    "checkpointInterval, train.validateEvery",
    "checkpointInterval, train.checkpointEvery",
    "pixelTransform, pixels.transform",
    "alpha, pixels.alpha",
    "standardization, pixels.standardise",
    "atom, pixels.atom",
    "tail, pixels.tail",
    "flip, train.flip",
    "shift, train.shift",
    "draws, score.draws",
    "maxSolverError, score.maxSolverError",
    "seed, score.seed",
    "seed, train.seed"
  })
  void aParamHasTheDefaultOfItsKey(String param, String key) {
    RgFlow stage = new RgFlow();
    Param<Object> found = stage.getParam(param);
    Object value = stage.getOrDefault(found);
    String text =
        value instanceof int[] axes
            ? Arrays.toString(axes)
            : value instanceof String[] names ? Arrays.toString(names) : value.toString();
    Key<?> expected = Keys.named(key);
    assertThat(expected.read(text)).isEqualTo(expected.fallback());
  }
}
