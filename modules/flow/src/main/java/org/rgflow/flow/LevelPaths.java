package org.rgflow.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.WeightPath;

/**
 * The weight paths of every level, one a block, read from one vector of parameters and written back
 * to one.
 */
final class LevelPaths {
  private final FlowConfig config;
  private final Arena arena;
  private final ParameterLayout layout;
  private final List<List<WeightPath>> paths = new ArrayList<>();

  /**
   * @param times of weights kept at once
   */
  LevelPaths(FlowConfig config, int times, Arena arena) {
    this.config = config;
    this.arena = arena;
    this.layout = new ParameterLayout(config);
    for (int l = 0; l < config.levels().size(); l++) {
      paths.add(
          IntStream.range(0, config.blocks())
              .mapToObj(b -> WeightPath.create(config.velocity(), config.hyper(), times, arena))
              .toList());
    }
  }

  ParameterLayout layout() {
    return layout;
  }

  /** Those of a level, in the order of its blocks. */
  List<WeightPath> level(int level) {
    return paths.get(level);
  }

  void clearGradient(int level) {
    paths.get(level).forEach(WeightPath::clearGradient);
  }

  /** Takes the parameters: a contiguous vector in the order of the layout. */
  void load(INDArray parameters) {
    requireSize(parameters);
    INDArray cast = parameters.castTo(arena.type());
    INDArray typed = HostValues.isContiguous(cast) ? cast : cast.dup('c');
    for (int l = 0; l < paths.size(); l++) {
      for (int b = 0; b < config.blocks(); b++) {
        paths.get(l).get(b).load(typed, layout.blockOffset(l, b));
      }
    }
  }

  private void requireSize(INDArray vector) {
    if (vector.length() != layout.size()) {
      throw new IllegalArgumentException(
          "a model of " + config + " has " + layout.size() + " parameters, got " + vector.length());
    }
  }

  /** Writes the gradient collected to a vector in the order of the layout. */
  void store(INDArray gradient) {
    requireSize(gradient);
    INDArray typed =
        gradient.dataType() == arena.type() && HostValues.isContiguous(gradient)
            ? gradient
            : Nd4j.createUninitializedDetached(arena.type(), 'c', layout.size());
    for (int l = 0; l < paths.size(); l++) {
      for (int b = 0; b < config.blocks(); b++) {
        paths.get(l).get(b).store(typed, layout.blockOffset(l, b));
      }
    }
    if (typed != gradient) {
      gradient.assign(typed.reshape(gradient.shape()));
    }
  }
}
