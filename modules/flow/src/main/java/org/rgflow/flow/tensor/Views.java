package org.rgflow.flow.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Windows on an array's memory: no copy, written through. */
public final class Views {
  private Views() {}

  /** A window with strides of its own, in elements, from {@code offset} of the array's first. */
  public static INDArray strided(INDArray base, long offset, long[] shape, long[] strides) {
    if (offset < 0) {
      throw new IllegalArgumentException("a window begins within its array, not at " + offset);
    }
    return Nd4j.create(base.data(), shape, strides, base.offset() + offset, 'c', base.dataType());
  }

  /** Elements {@code from} (inclusive) onwards of a contiguous array, as a C-ordered block. */
  public static INDArray block(INDArray base, long from, long... shape) {
    return strided(base, from, shape, cStrides(shape));
  }

  /** A vector again and again, (count, length). */
  public static INDArray repeated(INDArray vector, long count) {
    return strided(vector, 0, new long[] {count, vector.length()}, new long[] {0, 1});
  }

  /** A contiguous array as one row, (1, length). */
  public static INDArray flat(INDArray array) {
    return block(array, 0, 1, array.length());
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive) of a matrix. */
  public static INDArray rows(INDArray matrix, long from, long to) {
    long stride = matrix.stride(0);
    return strided(
        matrix,
        from * stride,
        new long[] {to - from, matrix.size(1)},
        new long[] {stride, matrix.stride(1)});
  }

  /** Columns {@code from} (inclusive) to {@code to} (exclusive) of a matrix. */
  public static INDArray columns(INDArray matrix, long from, long to) {
    return strided(
        matrix,
        from * matrix.stride(1),
        new long[] {matrix.size(0), to - from},
        new long[] {matrix.stride(0), matrix.stride(1)});
  }

  /** One index range along one axis; the other axes whole. */
  public static INDArray slice(INDArray array, int axis, long from, long count, long step) {
    long[] shape = array.shape().clone();
    long[] strides = array.stride().clone();
    long offset = from * strides[axis];
    shape[axis] = count;
    strides[axis] *= step;
    return strided(array, offset, shape, strides);
  }

  /** An array (batch, *grid, channels) as (batch, channels, *grid). */
  public static INDArray channelsFirst(INDArray array) {
    int last = array.rank() - 1;
    long[] shape = array.shape().clone();
    long[] strides = array.stride().clone();
    for (int a = last; a > 1; a--) {
      shape[a] = array.size(a - 1);
      strides[a] = array.stride(a - 1);
    }
    shape[1] = array.size(last);
    strides[1] = array.stride(last);
    return strided(array, 0, shape, strides);
  }

  /**
   * An array without its axes of extent 1 as far as three axes stay: of a few thousand numbers ND4J
   * copies those in 1.2 to 2.7 microseconds, four axes in 1.6 to 4.6, and two in 3.8 to 12.
   */
  static INDArray withoutUnitAxes(INDArray array) {
    int axes = array.rank();
    long[] shape = array.shape().clone();
    long[] strides = array.stride().clone();
    for (int a = axes - 1; a >= 0 && axes > 3; a--) {
      if (shape[a] == 1) {
        System.arraycopy(shape, a + 1, shape, a, axes - a - 1);
        System.arraycopy(strides, a + 1, strides, a, axes - a - 1);
        axes--;
      }
    }
    return strided(array, 0, Arrays.copyOf(shape, axes), Arrays.copyOf(strides, axes));
  }

  private static long[] cStrides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }
}
