package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * The linear part of a velocity that has one, {@code A * x + mask (B * x)}: its weights are A over
 * B, and coarse sites, which the level only lends, are moved by others than the rest.
 *
 * <p>Its steps add to what the rest of a network set, and do nothing in a network without one.
 */
final class Skip {
  private static final Kernel NOTHING = () -> {};

  private final Velocity velocity;
  private final WeightLayout layout;
  private final int channels;

  /** A's rows over B's, (2 channels, rows), of values or of cotangents; null without a skip. */
  private final INDArray both;

  Skip(Velocity velocity, WeightLayout layout) {
    this.velocity = velocity;
    this.layout = layout;
    this.channels = velocity.config().channels();
    this.both = velocity.config().skip() ? velocity.grid().planes(2 * channels) : null;
  }

  private Kernel maskSecond() {
    List<Kernel> products = new ArrayList<>();
    for (int c = channels; c < 2 * channels; c++) {
      INDArray plane = velocity.grid().shiftedPlane(both, c, 0);
      INDArray mask = velocity.grid().shiftedPlane(velocity.mask(), 0, 0);
      products.add(velocity.grid().arena().multiply(plane, mask, plane));
    }
    return Kernel.sequence(products);
  }

  /** The cotangent of v, zero in the halo, as cotangents of A * x and B * x. */
  private Kernel spread(INDArray cotangent) {
    Arena arena = velocity.grid().arena();
    return Kernel.sequence(
        List.of(
            arena.copy(cotangent, Views.rows(both, 0, channels)),
            arena.copy(cotangent, Views.rows(both, channels, 2L * channels)),
            maskSecond()));
  }

  /** Rows of an unfolded input that hold the data. */
  private INDArray data(INDArray taps) {
    return Views.rows(taps, 0, (long) channels * velocity.config().taps());
  }

  /**
   * v += A * x + mask (B * x).
   *
   * @param taps of x with a filled halo, in the first rows
   */
  Kernel addValue(INDArray taps, INDArray value) {
    if (both == null) {
      return NOTHING;
    }
    Arena arena = velocity.grid().arena();
    return Kernel.sequence(
        List.of(
            arena.matmul(
                Factor.of(layout.skip(velocity.weights())), Factor.of(data(taps)), both, Sum.SET),
            maskSecond(),
            arena.add(value, Views.rows(both, 0, channels), value),
            arena.add(value, Views.rows(both, channels, 2L * channels), value)));
  }

  /** Adds the cotangent of x per tap, as {@link Unfold#sum} with sign -1 wants it. */
  Kernel addTransposed(INDArray cotangent, INDArray taps) {
    if (both == null) {
      return NOTHING;
    }
    return spread(cotangent)
        .then(
            velocity
                .grid()
                .arena()
                .matmul(
                    Factor.transposed(layout.skip(velocity.weights())),
                    Factor.of(both),
                    data(taps),
                    Sum.ADD));
  }

  /** Adds the gradient of {@code <cotangent, A * x + mask (B * x)>} of the weights. */
  Kernel addGradient(INDArray cotangent, INDArray taps) {
    if (both == null) {
      return NOTHING;
    }
    return spread(cotangent)
        .then(
            velocity
                .grid()
                .arena()
                .matmul(
                    Factor.of(both),
                    Factor.transposed(data(taps)),
                    layout.skip(velocity.weightGradient()),
                    Sum.ADD));
  }
}
