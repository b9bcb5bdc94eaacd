package org.rgflow.flow.velocity;

import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;

/** The weights at one time, what follows from them, and the gradient collected for them. */
final class TimeWeights {
  private final Arena arena;
  private final INDArray weights;
  private final INDArray gradient;
  private Derived derived;
  private boolean derivedIsCurrent;
  private long version;

  /**
   * @param weights extended vector in the layout's order
   * @param gradient of the weights alone
   */
  TimeWeights(Arena arena, INDArray weights, INDArray gradient) {
    this.arena = arena;
    this.weights = weights;
    this.gradient = gradient;
  }

  /** Owner of the arrays, and of those derived from them. */
  Arena arena() {
    return arena;
  }

  INDArray weights() {
    return weights;
  }

  INDArray gradient() {
    return gradient;
  }

  /** To be called when the weights have changed. */
  void changed() {
    derivedIsCurrent = false;
    version++;
  }

  /** Grows with every change. */
  long version() {
    return version;
  }

  /** What a divergence computes from the weights alone: made once, renewed when they change. */
  Derived derived(Function<TimeWeights, Derived> maker) {
    if (derived == null) {
      derived = maker.apply(this);
    }
    if (!derivedIsCurrent) {
      derived.renew();
      derivedIsCurrent = true;
    }
    return derived;
  }

  /** Starts the gradients from zero: that of the weights, and those of what was derived. */
  void clearGradient() {
    gradient.assign(0);
    clearDerivedGradient();
  }

  /** As {@link #clearGradient}, where the weights' own is cleared elsewhere. */
  void clearDerivedGradient() {
    if (derived != null) {
      derived.clearGradient();
    }
  }

  /** Takes the gradients of what was derived home to the weights. */
  void foldDerived() {
    if (derived != null && derivedIsCurrent) {
      derived.fold();
    }
  }

  /** A function of the weights with a gradient of its own. */
  interface Derived {
    /** Computes it anew and clears its gradient. */
    void renew();

    /** Starts its gradient from zero. */
    void clearGradient();

    /** Adds the weights' part of its gradient to theirs and clears it. */
    void fold();
  }
}
