package org.rgflow.flow.velocity;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;

/**
 * What divergences add to the cotangent of one layer's a: {@code sum_i x_i y_i}.
 *
 * <p>The first term overwrites what stands there, so that nothing is cleared and one term costs one
 * operator.
 */
final class CotangentSum {
  private final Arena arena;
  private final INDArray sum;
  private boolean isEmpty = true;

  /**
   * @param sum where the terms add up
   */
  CotangentSum(Arena arena, INDArray sum) {
    this.arena = arena;
    this.sum = sum;
  }

  /**
   * Adds {@code x * y}, element by element.
   *
   * @param x may be overwritten
   */
  Kernel addProduct(INDArray x, INDArray y) {
    Kernel set = arena.multiply(x, y, sum);
    Kernel add = arena.multiply(x, y, x).then(arena.add(sum, x, sum));
    return () -> {
      (isEmpty ? set : add).run();
      isEmpty = false;
    };
  }

  /** Adds the sum to {@code cotangent}, and clears it. */
  Kernel moveTo(INDArray cotangent) {
    Kernel add = arena.add(sum, cotangent, cotangent);
    return () -> {
      if (!isEmpty) {
        add.run();
      }
      isEmpty = true;
    };
  }

  void clear() {
    isEmpty = true;
  }
}
