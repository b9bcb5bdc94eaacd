package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * Where each weight of the network lies in one vector, ordered for the products it enters.
 *
 * <p>Parameters come in the order of layers, weight [out, in, *kernel] before bias, and behind the
 * first layer's those of positions, [out, positions], and of classes, [out, classes]. Here the
 * first convolution is a matrix (in x taps, then one row of bias, then one for each function of the
 * position and one for each class; out), a middle one (taps; in, out) followed by its bias, the
 * last one (out x taps; in) followed by its bias. A network of one convolution is the transpose of
 * that. Without bias its places stay zero. The skip's weight comes last, (2 x channels; channels x
 * taps), as in the parameters.
 *
 * <p>Behind these {@link #size()} numbers an extended vector holds the adjoint of every middle
 * convolution: taps in opposite order, (taps; out, in).
 */
final class WeightLayout {
  private final VelocityConfig config;
  private final int[] start;
  private final int skipStart;
  private final int size;

  WeightLayout(VelocityConfig config) {
    this.config = config;
    this.start = new int[config.convolutions()];
    int at = 0;
    for (int k = 0; k < start.length; k++) {
      start[k] = at;
      at += config.outputs(k) * (config.inputs(k) * config.taps() + 1);
      at += k == 0 ? config.outputs(k) * (config.positions() + config.classes()) : 0;
    }
    this.skipStart = at;
    this.size = at + config.skipSize();
  }

  /** Numbers of the weights themselves. */
  int size() {
    return size;
  }

  /** Numbers of the weights and the adjoints behind them. */
  int extendedSize() {
    int extent = size;
    for (int k = 1; k < start.length - 1; k++) {
      extent += middleSize(k);
    }
    return extent;
  }

  private int middleSize(int convolution) {
    return config.taps() * config.inputs(convolution) * config.outputs(convolution);
  }

  /** Where the adjoint of a middle convolution begins in an extended vector. */
  int adjointStart(int convolution) {
    int at = size;
    for (int k = 1; k < convolution; k++) {
      at += middleSize(k);
    }
    return at;
  }

  /** Where a convolution begins. */
  int start(int convolution) {
    return start[convolution];
  }

  /** Fills in the adjoints of an extended vector. */
  Kernel completeAdjoints(Arena arena, INDArray extended) {
    List<Kernel> copies = new ArrayList<>();
    for (int k = 1; k < start.length - 1; k++) {
      int in = config.inputs(k);
      int out = config.outputs(k);
      copies.add(adjoint(arena, extended, start[k], adjointStart(k), config.taps(), in, out));
    }
    return Kernel.sequence(copies);
  }

  /**
   * Copies (taps; in, out) from one place to its adjoint at another, (taps in reverse; out, in).
   */
  static Kernel adjoint(
      Arena arena, INDArray vector, long from, long to, int taps, long in, long out) {
    List<Kernel> copies = new ArrayList<>();
    for (int tap = 0; tap < taps; tap++) {
      long[] shape = {1, out, in}; // of two axes it would take four times as long
      long source = from + (taps - 1 - tap) * in * out;
      copies.add(
          arena.copy(
              Views.strided(vector, source, shape, new long[] {in * out, 1, out}),
              Views.block(vector, to + tap * in * out, shape)));
    }
    return Kernel.sequence(copies);
  }

  /** Rows of the first convolution's matrix: inputs * taps + 1 + positions + classes. */
  int firstRows() {
    return config.inputs(0) * config.taps() + 1 + config.positions() + config.classes();
  }

  /** The first of several convolutions with all beside its weight, (first rows, outputs). */
  INDArray first(INDArray weights) {
    return Views.block(weights, start[0], firstRows(), config.outputs(0));
  }

  /** A middle convolution, one kernel tap, (inputs, outputs). */
  INDArray middle(INDArray weights, int convolution, int tap) {
    long in = config.inputs(convolution);
    long out = config.outputs(convolution);
    return Views.block(weights, start[convolution] + tap * in * out, in, out);
  }

  /** A middle convolution, (taps, inputs * outputs). */
  INDArray middle(INDArray weights, int convolution) {
    return Views.block(
        weights,
        start[convolution],
        config.taps(),
        (long) config.inputs(convolution) * config.outputs(convolution));
  }

  /** The last of several convolutions without its bias, (outputs * taps, inputs). */
  INDArray last(INDArray weights) {
    int k = config.hidden().length;
    return Views.block(
        weights, start[k], (long) config.outputs(k) * config.taps(), config.inputs(k));
  }

  /** Bias of a convolution after the first as a row, (1, outputs). */
  INDArray bias(INDArray weights, int convolution) {
    long out = config.outputs(convolution);
    return Views.block(
        weights, start[convolution] + out * config.inputs(convolution) * config.taps(), 1, out);
  }

  /** The skip's weight, (2 * channels, channels * taps). */
  INDArray skip(INDArray weights) {
    long channels = config.channels();
    return Views.block(weights, skipStart, 2 * channels, channels * config.taps());
  }

  /** The only convolution with all beside its weight, (outputs, first rows). */
  INDArray only(INDArray weights) {
    return Views.block(weights, 0, config.outputs(0), firstRows());
  }

  /**
   * Copies parameters, of which each element may be a row of {@code width} numbers, from or to the
   * order of this layout, whenever the kernel runs.
   *
   * @param parameters (parameters * width), contiguous
   * @param ordered (size * width), contiguous
   */
  Kernel copy(Arena arena, INDArray parameters, INDArray ordered, long width, Direction direction) {
    List<Kernel> copies = new ArrayList<>();
    long taps = config.taps();
    long from = 0;
    for (int k = 0; k < start.length; k++) {
      long in = config.inputs(k);
      long out = config.outputs(k);
      long[] shape = {out, in, taps, width};
      INDArray weight = Views.block(parameters, from * width, shape);
      INDArray place =
          Views.strided(ordered, start[k] * width, shape, weightStrides(k, in, out, width));
      copies.add(transfer(arena, weight, place, direction));
      from += out * in * taps;
      if (config.bias()) {
        INDArray bias = Views.block(parameters, from * width, out, width);
        copies.add(
            transfer(
                arena,
                bias,
                Views.strided(
                    ordered,
                    biasStart(k, in, out) * width,
                    new long[] {out, width},
                    new long[] {biasStride() * width, 1}),
                direction));
        from += out;
      }
      if (k == 0) {
        long row = in * taps + 1;
        for (long count : new long[] {config.positions(), config.classes()}) {
          if (count > 0) {
            long[] rows = {out, count, width};
            copies.add(
                transfer(
                    arena,
                    Views.block(parameters, from * width, rows),
                    Views.strided(ordered, row * rowStride() * width, rows, rowStrides(width)),
                    direction));
          }
          from += out * count;
          row += count;
        }
      }
    }
    if (config.skip()) {
      long count = config.skipSize() * width;
      copies.add(
          transfer(
              arena,
              Views.block(parameters, from * width, count),
              Views.block(ordered, skipStart * width, count),
              direction));
    }
    return Kernel.sequence(copies);
  }

  private static Kernel transfer(
      Arena arena, INDArray parameters, INDArray ordered, Direction direction) {
    return direction == Direction.TO_LAYOUT
        ? arena.copy(parameters, ordered)
        : arena.copy(ordered, parameters);
  }

  private long[] weightStrides(int k, long in, long out, long width) {
    long taps = config.taps();
    long[] strides;
    if (start.length == 1) {
      strides = new long[] {firstRows(), taps, 1};
    } else if (k == 0) {
      strides = new long[] {1, taps * out, out};
    } else if (k < start.length - 1) {
      strides = new long[] {1, out, in * out};
    } else {
      strides = new long[] {taps * in, 1, in};
    }
    return new long[] {strides[0] * width, strides[1] * width, strides[2] * width, 1};
  }

  private long biasStart(int k, long in, long out) {
    return start.length == 1 ? in * config.taps() : start[k] + in * out * config.taps();
  }

  /** From one row of the first convolution's matrix to the next, in the vector of all. */
  private long rowStride() {
    return start.length == 1 ? 1 : config.outputs(0);
  }

  private long[] rowStrides(long width) {
    return new long[] {biasStride() * width, rowStride() * width, 1};
  }

  private long biasStride() {
    return start.length == 1 ? firstRows() : 1;
  }

  /** Which way a copy goes. */
  enum Direction {
    /** From the order of parameters. */
    TO_LAYOUT,
    /** To the order of parameters. */
    TO_PARAMETERS
  }
}
