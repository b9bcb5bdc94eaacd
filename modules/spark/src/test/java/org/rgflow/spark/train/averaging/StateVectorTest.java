package org.rgflow.spark.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.spark.LocalSpark;
import scala.reflect.ClassTag$;

class StateVectorTest {
  private static final SerializerInstance KRYO = LocalSpark.kryo();

  private static StateVector sent(StateVector vector) {
    ByteBuffer bytes = KRYO.serialize(vector, ClassTag$.MODULE$.apply(StateVector.class));
    return KRYO.deserialize(bytes, ClassTag$.MODULE$.apply(StateVector.class));
  }

  private static INDArray numbers(DataType type, int length) {
    Random random = new Random(3);
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30);
    }
    return Nd4j.createFromArray(values).castTo(type);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, (1 << 15) - 1, 1 << 15, (1 << 15) + 1, 100_000})
  void everyBitTravelsInBothPrecisions(int length) {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray array = numbers(type, length);
      StateVector sent = sent(StateVector.of(array));
      assertThat(sent.length()).isEqualTo(length);
      assertThat(sent.toDoubles()).isEqualTo(array.data().asDouble());
    }
  }

  @Test
  void whatIsNoNumberTravelsToo() {
    double[] odd = {
      -0.0,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE
    };
    assertThat(sent(StateVector.of(odd)).toDoubles()).isEqualTo(odd);
    assertThat(sent(StateVector.of((INDArray) null)).length()).isZero();
  }

  @Test
  void singlePrecisionTakesFourBytes() {
    ByteBuffer bytes =
        KRYO.serialize(
            StateVector.of(numbers(DataType.FLOAT, 1000)),
            ClassTag$.MODULE$.apply(StateVector.class));
    assertThat(bytes.remaining()).isBetween(4000, 4020);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void aPartIsSetWhereItWasTaken(DataType type) {
    INDArray array = numbers(type, 10).reshape(1, 10);
    INDArray other = Nd4j.zeros(type, 1, 10);
    StateVector.of(array, 3, 7).load(other, 3);
    for (int i = 0; i < 10; i++) {
      assertThat(other.getDouble(i)).isEqualTo(i >= 3 && i < 7 ? array.getDouble(i) : 0);
    }
  }
}
