package org.rgflow.benchmarks;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;

/** The last convolution of one data channel, nine numbers a row, and its weights' gradient. */
public class NarrowProduct extends Kernels {
  private Kernel toPlanes;
  private Kernel toRows;
  private Kernel gradientOfPlanes;
  private Kernel gradientOfRows;

  @Override
  void bind() {
    INDArray in = features();
    INDArray weights = arena.filled(0.25, TAPS, channels);
    INDArray planes = arena.filled(0.5, TAPS, in.rows());
    INDArray rows = arena.filled(0.5, in.rows(), TAPS);
    INDArray gradient = arena.zeros(TAPS, channels);
    toPlanes = arena.matmul(Factor.of(weights), Factor.transposed(in), planes, Sum.SET);
    toRows = arena.matmul(Factor.of(in), Factor.transposed(weights), rows, Sum.SET);
    gradientOfPlanes = arena.matmul(Factor.of(planes), Factor.of(in), gradient, Sum.SET);
    gradientOfRows = arena.matmul(Factor.transposed(rows), Factor.of(in), gradient, Sum.SET);
  }

  /** Into (taps, rows): each tap contiguous. */
  @Benchmark
  public void valueAsPlanes() {
    toPlanes.run();
  }

  /** Into (rows, taps): each tap strided. */
  @Benchmark
  public void valueAsRows() {
    toRows.run();
  }

  /** Of (taps, rows). */
  @Benchmark
  public void gradientOfPlanes() {
    gradientOfPlanes.run();
  }

  /** Of (rows, taps). */
  @Benchmark
  public void gradientOfRows() {
    gradientOfRows.run();
  }
}
