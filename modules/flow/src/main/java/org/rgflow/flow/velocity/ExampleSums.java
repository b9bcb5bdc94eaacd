package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * The sum of a * b over the sites and channels of each example, computed from that example alone.
 *
 * <p>A sum of n terms one after the other in single precision loses log2(n) bits, or all there is
 * to add: here few terms make a part, and the parts are added in double precision.
 */
public final class ExampleSums {
  /** Terms of a part at most. */
  private static final int PART = 128;

  private final Kernel multiply;
  private final List<Kernel> reduce = new ArrayList<>();

  /** (channels that are summed apart, batch * parts). */
  private final INDArray sums;

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
    this.sums = grid.arena().zeros(channels, grid.batch() * parts(grid));
    for (int c = 0; c < channels; c++) {
      reduce.add(parts(grid, grid.examples(product, c), c));
    }
  }

  /**
   * Bound to features of equal shape.
   *
   * @param product overwritten
   */
  static ExampleSums ofFeatures(PaddedGrid grid, INDArray a, INDArray b, INDArray product) {
    return new ExampleSums(grid, grid.arena().multiply(a, b, product), product);
  }

  private ExampleSums(PaddedGrid grid, Kernel multiply, INDArray product) {
    Arena arena = grid.arena();
    INDArray cells = arena.zeros(grid.batch(), grid.cells());
    this.multiply = multiply;
    this.sums = arena.zeros(1, grid.batch() * parts(grid));
    reduce.add(arena.rowSums(grid.shiftedRows(product, 0), Views.block(cells, 0, cells.length())));
    reduce.add(parts(grid, cells, 0));
  }

  private static long parts(PaddedGrid grid) {
    return grid.cells() / length(grid.cells());
  }

  /** Of the lengths that divide the cells the longest that is short enough. */
  private static long length(long cells) {
    long length = Math.min(PART, cells);
    while (cells % length != 0) {
      length--;
    }
    return length;
  }

  /**
   * @param cells (batch, cells)
   */
  private Kernel parts(PaddedGrid grid, INDArray cells, int row) {
    long length = length(grid.cells());
    return grid.arena()
        .rowSums(
            Views.block(cells, 0, cells.length() / length, length),
            Views.block(sums, row * sums.size(1), sums.size(1)));
  }

  /** Adds {@code scale} times the sum of every example. */
  public void addTo(double[] to, double scale) {
    multiply.run();
    reduce.forEach(Kernel::run);
    for (int row = 0; row < sums.size(0); row++) {
      HostValues.addScaledSums(sums, row * sums.size(1), sums.size(1), scale, to);
    }
  }
}
