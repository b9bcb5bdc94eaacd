package org.rgflow.spark.train;

import java.io.Serializable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers on their way between driver and tasks, in the precision they have: none is lost. */
final class StateVector implements Serializable {
  private static final long serialVersionUID = 1L;

  private float[] singles;
  private double[] doubles;

  /** For deserialisation. */
  StateVector() {}

  /** The values of an array; none of null. */
  static StateVector of(INDArray array) {
    StateVector vector = new StateVector();
    if (array != null && array.dataType() == DataType.FLOAT) {
      vector.singles = array.dup().data().asFloat();
    } else {
      vector.doubles = array == null ? new double[0] : array.dup().data().asDouble();
    }
    return vector;
  }

  /** As many numbers of double precision. */
  static StateVector of(double[] values) {
    StateVector vector = new StateVector();
    vector.doubles = values;
    return vector;
  }

  int length() {
    return singles == null ? doubles.length : singles.length;
  }

  /** Adds {@code weight} times the numbers. */
  void addTo(double[] sum, double weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * (singles == null ? doubles[i] : singles[i]);
    }
  }

  double[] toDoubles() {
    double[] values = new double[length()];
    addTo(values, 1);
    return values;
  }

  /** Sets an array of this length, or none where there are no numbers. */
  void load(INDArray to) {
    if (length() == 0) {
      return;
    }
    try (INDArray from =
        singles == null ? Nd4j.createFromArray(doubles) : Nd4j.createFromArray(singles)) {
      to.assign(from.reshape(to.shape()));
    }
  }
}
