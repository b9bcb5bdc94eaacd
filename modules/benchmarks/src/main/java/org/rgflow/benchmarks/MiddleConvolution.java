package org.rgflow.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/** Between two hidden layers: oneDNN's convolution, or a product for each tap; and its gradient. */
public class MiddleConvolution extends Kernels {
  private Kernel convolution;
  private Kernel products;
  private Kernel weightGradient;

  @Override
  void bind() {
    INDArray in = features();
    INDArray out = features();
    INDArray weights = arena.filled(0.25, 3, 3, channels, channels);
    INDArray gradient = arena.zeros(3, 3, channels, channels);
    INDArray padded = Views.channelsFirst(volume(in));
    INDArray sites = Views.channelsFirst(volume(out));
    for (int axis = 2; axis < sites.rank(); axis++) {
      sites = Views.slice(sites, axis, 1, EXTENT - 2, 1);
    }
    convolution = arena.convolve(padded, weights, null, sites);
    List<Kernel> forward = new ArrayList<>();
    List<Kernel> backward = new ArrayList<>();
    for (int k = 0; k < TAPS; k++) {
      long from = (long) k * channels * channels;
      INDArray tap = Views.block(weights, from, channels, channels);
      INDArray tapGradient = Views.block(gradient, from, channels, channels);
      INDArray moved = body(in, offset(k));
      forward.add(
          arena.matmul(Factor.of(moved), Factor.of(tap), body(out, 0), k == 0 ? Sum.SET : Sum.ADD));
      backward.add(
          arena.matmul(Factor.transposed(moved), Factor.of(body(out, 0)), tapGradient, Sum.SET));
    }
    products = Kernel.sequence(forward);
    weightGradient = Kernel.sequence(backward);
  }

  /** One conv2d, of the sites alone. */
  @Benchmark
  public void convolution() {
    convolution.run();
  }

  /** Nine products of shifted rows. */
  @Benchmark
  public void sumOfTapProducts() {
    products.run();
  }

  /** Nine products with the rows as the inner length. */
  @Benchmark
  public void weightGradient() {
    weightGradient.run();
  }
}
