package org.rgflow.flow;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;

/** The steps of a solve with the state before each: all that its gradient needs. */
final class Recording {
  private final Arena arena;
  private final INDArray state;
  private final List<Step> steps = new ArrayList<>();
  private final List<Kernel> keep = new ArrayList<>();
  private final List<Kernel> restore = new ArrayList<>();

  /** One step: in which block, when it began, and its length with its sign. */
  record Step(int block, double time, double length) {}

  /** Keeps copies of {@code state}, and brings them back to it. */
  Recording(Arena arena, INDArray state) {
    this.arena = arena;
    this.state = state;
  }

  void clear() {
    steps.clear();
  }

  int size() {
    return steps.size();
  }

  /** Keeps the state before a step. */
  void add(int block, double time, double length) {
    if (keep.size() == steps.size()) {
      INDArray copy = arena.zeros(state.shape());
      keep.add(arena.copy(state, copy));
      restore.add(arena.copy(copy, state));
    }
    keep.get(steps.size()).run();
    steps.add(new Step(block, time, length));
  }

  /** Sets the state to what it was before a step. */
  Step restore(int step) {
    restore.get(step).run();
    return steps.get(step);
  }
}
