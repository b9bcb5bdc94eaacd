package org.rgflow.flow.velocity;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Kernel;

/**
 * The sum of a * b over the sites and channels of each example, computed from that example alone.
 */
public final class ExampleSums {
  private final Kernel multiply;
  private final INDArray sums;
  private final Kernel[] sum;

  /**
   * Bound to two planes, which may be the same; one of them has no values in its halo.
   *
   * @param a (channels, rows)
   * @param b (channels, rows)
   */
  public ExampleSums(PaddedGrid grid, INDArray a, INDArray b) {
    int channels = (int) a.size(0);
    INDArray product = grid.planes(channels);
    this.multiply = grid.arena().multiply(a, b, product);
    this.sums = grid.arena().zeros(grid.batch());
    this.sum = new Kernel[channels];
    for (int c = 0; c < channels; c++) {
      sum[c] = grid.arena().rowSums(grid.examples(product, c), sums);
    }
  }

  /** Bound to features of equal shape. */
  static ExampleSums ofFeatures(PaddedGrid grid, INDArray a, INDArray b, INDArray product) {
    return new ExampleSums(
        grid.arena().multiply(a, b, product), grid.arena().zeros(grid.batch()), grid, product);
  }

  private ExampleSums(Kernel multiply, INDArray sums, PaddedGrid grid, INDArray product) {
    this.multiply = multiply;
    this.sums = sums;
    this.sum = new Kernel[] {grid.arena().rowSums(grid.exampleFeatures(product), sums)};
  }

  /** Adds {@code scale} times the sum of every example. */
  public void addTo(double[] to, double scale) {
    multiply.run();
    for (Kernel channel : sum) {
      channel.run();
      HostValues.addScaled(sums, scale, to);
    }
  }
}
