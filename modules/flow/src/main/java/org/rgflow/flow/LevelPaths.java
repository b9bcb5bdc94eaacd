package org.rgflow.flow;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.velocity.WeightPath;

/** The weight path of every level, read from one vector of parameters and written back to one. */
final class LevelPaths {
  private final FlowConfig config;
  private final Arena arena;
  private final ParameterLayout layout;
  private final List<WeightPath> paths = new ArrayList<>();

  /**
   * @param times of weights kept at once
   */
  LevelPaths(FlowConfig config, int times, Arena arena) {
    this.config = config;
    this.arena = arena;
    this.layout = new ParameterLayout(config);
    for (int l = 0; l < config.levels().size(); l++) {
      paths.add(WeightPath.create(config.velocity(), config.hyper(), times, arena));
    }
  }

  ParameterLayout layout() {
    return layout;
  }

  WeightPath level(int level) {
    return paths.get(level);
  }

  /** Takes the parameters: a contiguous vector in the order of the layout. */
  void load(INDArray parameters) {
    if (parameters.length() != layout.size()) {
      throw new IllegalArgumentException(
          "a model of "
              + config
              + " has "
              + layout.size()
              + " parameters, got "
              + parameters.length());
    }
    INDArray typed = parameters.castTo(arena.type()).dup('c').reshape(layout.size());
    for (int l = 0; l < paths.size(); l++) {
      paths.get(l).load(typed, layout.levelOffset(l));
    }
  }

  /** Writes the gradient collected to a vector in the order of the layout. */
  void store(INDArray gradient) {
    INDArray typed =
        gradient.dataType() == arena.type() && gradient.ordering() == 'c'
            ? gradient
            : Nd4j.createUninitializedDetached(arena.type(), 'c', layout.size());
    for (int l = 0; l < paths.size(); l++) {
      paths.get(l).store(typed, layout.levelOffset(l));
    }
    if (typed != gradient) {
      gradient.assign(typed.reshape(gradient.shape()));
    }
  }
}
