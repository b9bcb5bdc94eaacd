package org.rgflow.benchmarks;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/** What is done once per value: activation, product, sum, and the halo's strided copies. */
public class ElementWork extends Kernels {
  private Kernel tanh;
  private Kernel multiply;
  private Kernel copyRow;
  private Kernel copyColumn;

  @Override
  void bind() {
    INDArray a = features();
    INDArray b = features();
    INDArray c = features();
    tanh = arena.apply("tanh", a, b);
    multiply = arena.multiply(a, b, c);
    INDArray volume = volume(c);
    copyRow = arena.copy(Views.slice(volume, 1, 1, 1, 1), Views.slice(volume, 1, EXTENT - 1, 1, 1));
    copyColumn =
        arena.copy(Views.slice(volume, 2, 1, 1, 1), Views.slice(volume, 2, EXTENT - 1, 1, 1));
  }

  /** The activation, contiguous. */
  @Benchmark
  public void tanh() {
    tanh.run();
  }

  /** A product, contiguous. */
  @Benchmark
  public void multiply() {
    multiply.run();
  }

  /** One side of the halo: 30 * channels numbers of each example in one piece. */
  @Benchmark
  public void haloRow() {
    copyRow.run();
  }

  /** Another: pieces of as many numbers as there are channels. */
  @Benchmark
  public void haloColumn() {
    copyColumn.run();
  }
}
