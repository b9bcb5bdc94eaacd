package org.rgflow.flow.tensor;

import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** Values carried between Java arrays and ND4J arrays of either precision. */
public final class HostValues {
  private HostValues() {}

  /** The values of an array in C order. */
  public static double[] of(INDArray array) {
    if (ownsItsValues(array)) {
      return array.data().asDouble();
    }
    INDArray copy = array.dup('c');
    double[] values = copy.data().asDouble();
    close(copy);
    return values;
  }

  /** Whether an array's memory holds its values in C order, and nothing else. */
  private static boolean ownsItsValues(INDArray array) {
    return isContiguous(array) && !array.isView() && array.data().length() == array.length();
  }

  /** The values of an array in C order, for which it is given up. */
  public static double[] take(INDArray array) {
    double[] values = of(array);
    close(array);
    return values;
  }

  /** Whether an array's values follow each other in memory in C order. */
  public static boolean isContiguous(INDArray array) {
    return array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array);
  }

  /** Overwrites an array with values in its C order. */
  public static void copy(double[] values, INDArray to) {
    if (Arena.ON_CPU && ownsItsValues(to)) { // without two arrays on the way
      Indexer memory = to.data().indexer();
      if (memory instanceof FloatIndexer floats) {
        for (int i = 0; i < values.length; i++) {
          floats.put(i, (float) values[i]);
        }
        return;
      }
    }
    try (INDArray array = toArray(values, to.dataType(), to.shape())) {
      to.assign(array);
    }
  }

  /**
   * Adds {@code scale} times the sums of groups of values that follow each other.
   *
   * @param array owns its memory
   * @param from first of its elements
   * @param count of them, a multiple of the groups
   * @param to of each group
   */
  public static void addScaledSums(
      INDArray array, long from, long count, double scale, double[] to) {
    DataBuffer buffer = array.data();
    int group = (int) (count / to.length);
    long at = from;
    for (int i = 0; i < to.length; i++) {
      double sum = 0;
      for (int k = 0; k < group; k++) {
        sum += buffer.getDouble(at++);
      }
      to[i] += scale * sum;
    }
  }

  /** A new array, outside any workspace, of the given type and shape. */
  public static INDArray toArray(double[] values, DataType type, long... shape) {
    INDArray array = Nd4j.createUninitializedDetached(type, 'c', shape);
    INDArray from = Nd4j.createFromArray(values);
    array.assign(from.reshape(shape));
    close(from);
    return array;
  }

  /** The collector does not know what it holds off the heap. */
  private static void close(INDArray array) {
    if (array.closeable()) {
      array.close();
    }
  }
}
