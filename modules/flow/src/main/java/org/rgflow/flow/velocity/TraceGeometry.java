package org.rgflow.flow.velocity;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Views;

/**
 * Which kernel taps coincide or cancel on a torus, for the kernel of {@link TraceKernel}.
 *
 * <p>Its matrices are constants of the network and the grid, and of its working space nothing
 * stays.
 */
final class TraceGeometry {
  private final VelocityConfig config;
  private final WeightLayout layout;
  private final INDArray fold;
  private final INDArray pairs;
  private final INDArray products;
  private final INDArray byPair;
  private final boolean[] atOrigin;

  /**
   * @param type of the matrices
   */
  TraceGeometry(VelocityConfig config, WeightLayout layout, int[] lengths, DataType type) {
    this.config = config;
    this.layout = layout;
    Offsets offsets = new Offsets(lengths, config.kernel());
    this.atOrigin = offsets.atOrigin();
    this.fold = isTwoLayers() ? matrix(offsets.fold(), type) : null;
    this.pairs = matrix(isTwoLayers() ? offsets.pairs() : offsets.opposites(), type);
    this.products = isTwoLayers() ? scratch(type, taps() * bottom(), taps() * top()) : null;
    this.byPair = isTwoLayers() ? scratch(type, taps() * taps(), (long) bottom() * top()) : null;
  }

  private static INDArray matrix(double[][] values, DataType type) {
    double[] flat = Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray();
    return HostValues.toArray(flat, type, values.length, values[0].length);
  }

  /** Of no arena: the kernels of a flow use it after the batch that it was made for. */
  private static INDArray scratch(DataType type, long rows, long columns) {
    return Nd4j.createUninitializedDetached(type, 'c', rows, columns);
  }

  private long taps() {
    return config.taps();
  }

  VelocityConfig config() {
    return config;
  }

  WeightLayout layout() {
    return layout;
  }

  boolean isTwoLayers() {
    return config.hidden().length == 2;
  }

  int bottom() {
    return config.hidden()[0];
  }

  int top() {
    return config.hidden()[config.hidden().length - 1];
  }

  /** Numbers of the kernel K, (taps; bottom, top), or of the vector w, (top). */
  int size() {
    return isTwoLayers() ? config.taps() * bottom() * top() : top();
  }

  /** Numbers of the kernel and its adjoint behind it. */
  int extendedSize() {
    return isTwoLayers() ? 2 * size() : size();
  }

  /** One tap of a kernel, (bottom, top). */
  INDArray tap(INDArray kernel, int tap) {
    return Views.block(kernel, (long) tap * bottom() * top(), bottom(), top());
  }

  /** Whether a kernel tap reads the site itself. */
  boolean isAtOrigin(int tap) {
    return atOrigin[tap];
  }

  /** [o, d] = 1 where tap d coincides with representative o. */
  INDArray fold() {
    return fold;
  }

  /**
   * Two layers: [o, (d1, d3)] = 1 where d1 + d3 coincides with minus the representative o. One:
   * [d1, d3] = 1 where d1 + d3 coincides with no offset at all.
   */
  INDArray pairs() {
    return pairs;
  }

  /** Working space: (d1, bottom; d3, top). */
  INDArray products() {
    return products;
  }

  /** {@link #products} as (d1, d3, bottom, top). */
  INDArray productsByPair() {
    return Views.block(products, 0, taps(), bottom(), taps(), top()).permute(0, 2, 1, 3);
  }

  /** Working space: (d1, d3; bottom, top). */
  INDArray byPair() {
    return byPair;
  }

  /** {@link #byPair} as (d1, d3, bottom, top). */
  INDArray byPairGrid() {
    return Views.block(byPair, 0, taps(), taps(), bottom(), top());
  }

  /** Kernel taps as offsets, compared on the torus. */
  private static final class Offsets {
    private final int[] lengths;
    private final int[][] taps;
    private final int reach;

    Offsets(int[] lengths, int kernel) {
      this.lengths = lengths;
      this.reach = (kernel - 1) / 2;
      int count = (int) Math.pow(kernel, lengths.length);
      this.taps = new int[count][lengths.length];
      for (int k = 0; k < count; k++) {
        int rest = k;
        for (int a = lengths.length - 1; a >= 0; a--) {
          taps[k][a] = rest % kernel - reach;
          rest /= kernel;
        }
      }
    }

    /** One tap stands for all that coincide with it on the torus. */
    private boolean isRepresentative(int tap) {
      for (int a = 0; a < lengths.length; a++) {
        int length = lengths[a];
        if (length <= 2 * reach
            && (taps[tap][a] < -((length - 1) / 2) || taps[tap][a] > length / 2)) {
          return false;
        }
      }
      return true;
    }

    private boolean coincide(int[] left, int[] right) {
      for (int a = 0; a < lengths.length; a++) {
        if (Math.floorMod(left[a] - right[a], lengths[a]) != 0) {
          return false;
        }
      }
      return true;
    }

    boolean[] atOrigin() {
      boolean[] atOrigin = new boolean[taps.length];
      for (int k = 0; k < taps.length; k++) {
        atOrigin[k] = coincide(taps[k], new int[lengths.length]);
      }
      return atOrigin;
    }

    private int[] opposite(int[] first, int[] second) {
      int[] sum = new int[first.length];
      Arrays.setAll(sum, a -> -(first[a] + second[a]));
      return sum;
    }

    /** [o, d] = 1 where tap d coincides with representative o. */
    double[][] fold() {
      double[][] fold = new double[taps.length][taps.length];
      for (int o = 0; o < taps.length; o++) {
        for (int d = 0; d < taps.length; d++) {
          fold[o][d] = isRepresentative(o) && coincide(taps[o], taps[d]) ? 1 : 0;
        }
      }
      return fold;
    }

    /** [o, (d1, d3)] = 1 where d1 + d3 coincides with minus the representative o. */
    double[][] pairs() {
      double[][] pairs = new double[taps.length][taps.length * taps.length];
      for (int o = 0; o < taps.length; o++) {
        for (int i = 0; i < taps.length * taps.length; i++) {
          int[] opposite = opposite(taps[i / taps.length], taps[i % taps.length]);
          pairs[o][i] = isRepresentative(o) && coincide(taps[o], opposite) ? 1 : 0;
        }
      }
      return pairs;
    }

    /** [d1, d3] = 1 where d1 + d3 coincides with no offset at all. */
    double[][] opposites() {
      double[][] opposites = new double[taps.length][taps.length];
      int[] none = new int[lengths.length];
      for (int i = 0; i < taps.length * taps.length; i++) {
        int[] opposite = opposite(taps[i / taps.length], taps[i % taps.length]);
        opposites[i / taps.length][i % taps.length] = coincide(none, opposite) ? 1 : 0;
      }
      return opposites;
    }
  }
}
