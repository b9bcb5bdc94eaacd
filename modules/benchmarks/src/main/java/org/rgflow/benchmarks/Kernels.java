package org.rgflow.benchmarks;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Views;

/** Features of a slice as the engine keeps them: 28x28 grids with a halo of 1, float32. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class Kernels {
  /** Sites of a row with its halo. */
  static final int EXTENT = 30;

  /** Taps of a 3x3 kernel. */
  static final int TAPS = 9;

  /** Rows that a tap's offset may reach beyond the cells. */
  static final int GUARD = EXTENT + 1;

  /** Examples of a slice. */
  @Param({"8", "32"})
  public int batch;

  /** Width of a hidden layer. */
  @Param({"32", "64"})
  public int channels;

  Arena arena;

  /** Makes the arrays and binds the operators. */
  @Setup(Level.Trial)
  public final void open() {
    arena = new Arena(DataType.FLOAT);
    bind();
  }

  abstract void bind();

  /** Frees the arrays. */
  @TearDown(Level.Trial)
  public final void close() {
    arena.close();
  }

  final int cells() {
    return batch * EXTENT * EXTENT;
  }

  /** (rows, channels), guards included. */
  final INDArray features() {
    return arena.filled(0.5, cells() + 2L * GUARD, channels);
  }

  /** The rows of the cells, moved by a tap's offset. */
  final INDArray body(INDArray features, int offset) {
    return Views.rows(features, GUARD + (long) offset, GUARD + (long) offset + cells());
  }

  /** (batch, 30, 30, channels). */
  final INDArray volume(INDArray features) {
    return Views.block(features, (long) GUARD * channels, batch, EXTENT, EXTENT, channels);
  }

  /** Flat distance to the site that a tap reads. */
  static int offset(int tap) {
    return (tap / 3 - 1) * EXTENT + tap % 3 - 1;
  }
}
