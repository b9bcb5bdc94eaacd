package org.rgflow.spark.train.averaging;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoSerializable;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.Serializable;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Numbers on their way between driver and tasks, in the precision they have: none is lost.
 *
 * <p>They travel by planes, all lowest bytes first and the bytes of sign and exponent last: Spark's
 * codec finds little in whole numbers, but much in their high bytes. A session whose serializer is
 * Java's sends them as they are.
 */
public final class StateVector implements KryoSerializable, Serializable {
  private static final long serialVersionUID = 1L;

  /** Numbers whose planes lie together: a plane is then as long as a block of Spark's codec. */
  private static final int CHUNK = 1 << 15;

  private float[] singles;
  private double[] doubles;

  /** For deserialisation. */
  StateVector() {}

  /** The values of an array; none of null. */
  public static StateVector of(INDArray array) {
    return of(array, 0, array == null ? 0 : array.length());
  }

  /** The values of an array from one place to before another; none of null. */
  static StateVector of(INDArray array, long from, long to) {
    if (array == null) {
      return of(new double[0]);
    }
    StateVector vector = new StateVector();
    try (INDArray copy = part(array, from, to).dup()) {
      if (array.dataType() == DataType.FLOAT) {
        vector.singles = copy.data().asFloat();
      } else {
        vector.doubles = copy.data().asDouble();
      }
    }
    return vector;
  }

  /** As many numbers of double precision. */
  public static StateVector of(double[] values) {
    StateVector vector = new StateVector();
    vector.doubles = values;
    return vector;
  }

  /** Numbers rounded to the precision of these. */
  StateVector like(double[] values) {
    if (singles == null) {
      return of(values);
    }
    StateVector vector = new StateVector();
    vector.singles = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      vector.singles[i] = (float) values[i];
    }
    return vector;
  }

  private static INDArray part(INDArray array, long from, long to) {
    INDArray flat = array.reshape(array.length());
    return flat.get(NDArrayIndex.interval(from, to));
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
    return singles == null
        ? doubles.clone()
        : IntStream.range(0, singles.length).mapToDouble(i -> singles[i]).toArray();
  }

  /** Sets an array of this length, or none where there are no numbers. */
  public void load(INDArray to) {
    load(to, 0);
  }

  /** Sets as many values of an array, from a place on. */
  void load(INDArray to, long from) {
    if (length() == 0) {
      return;
    }
    try (INDArray values =
        singles == null ? Nd4j.createFromArray(doubles) : Nd4j.createFromArray(singles)) {
      part(to, from, from + length()).assign(values);
    }
  }

  @Override
  public void write(Kryo kryo, Output output) {
    output.writeBoolean(singles != null);
    output.writeInt(length());
    byte[] planes = new byte[CHUNK * width()];
    for (int from = 0; from < length(); from += CHUNK) {
      int size = Math.min(CHUNK, length() - from);
      for (int i = 0; i < size; i++) {
        long bits = bits(from + i);
        for (int plane = 0; plane < width(); plane++) {
          planes[plane * size + i] = (byte) (bits >>> (Byte.SIZE * plane));
        }
      }
      output.writeBytes(planes, 0, size * width());
    }
  }

  @Override
  public void read(Kryo kryo, Input input) {
    boolean isSingle = input.readBoolean();
    int length = input.readInt();
    singles = isSingle ? new float[length] : null;
    doubles = isSingle ? null : new double[length];
    byte[] planes = new byte[CHUNK * width()];
    for (int from = 0; from < length; from += CHUNK) {
      int size = Math.min(CHUNK, length - from);
      input.readBytes(planes, 0, size * width());
      for (int i = 0; i < size; i++) {
        long bits = 0;
        for (int plane = 0; plane < width(); plane++) {
          bits |= (planes[plane * size + i] & 0xFFL) << (Byte.SIZE * plane);
        }
        setBits(from + i, bits);
      }
    }
  }

  private int width() {
    return singles == null ? Double.BYTES : Float.BYTES;
  }

  private long bits(int i) {
    return singles == null
        ? Double.doubleToRawLongBits(doubles[i])
        : Float.floatToRawIntBits(singles[i]);
  }

  private void setBits(int i, long bits) {
    if (singles == null) {
      doubles[i] = Double.longBitsToDouble(bits);
    } else {
      singles[i] = Float.intBitsToFloat((int) bits);
    }
  }
}
