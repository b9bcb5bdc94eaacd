package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values travel between the machines of a cluster by Java's serialisation or by Kryo's. */
class SerialisationTest {
  private static Stream<Object> values() {
    Shape shape = new Shape(1, 2);
    Example example = Example.ofPixels("a", shape, new byte[] {1, 2});
    Moments moments = new Moments(1);
    moments.add(new double[] {1, 2}, 0, 2);
    PixelCounts counts = new PixelCounts(1);
    counts.add(new byte[] {1, 2});
    Standardisation affine = new Standardisation(new double[] {1}, new double[] {2});
    return Stream.of(
        shape,
        example,
        Example.ofValues("b", shape, new float[] {1, 2}),
        new Block.Builder().add(example).build(),
        moments,
        new LogitTransform(0.05, affine),
        new ValueTransform(affine),
        counts,
        new GaussianTransform(0.05, 0.4, 0.01, counts));
  }

  @ParameterizedTest
  @MethodSource("values")
  void comesBackWithEveryField(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
      objects.writeObject(value);
    }
    try (ObjectInputStream objects =
        new ObjectInputStream(new ByteArrayInputStream(out.toByteArray()))) {
      assertThat(objects.readObject()).usingRecursiveComparison().isEqualTo(value);
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void isAClassThatKryoCanFill(Object value) throws NoSuchMethodException {
    assertThat(value.getClass().isRecord()).isFalse();
    assertThat(value.getClass().getDeclaredConstructor().getParameterCount()).isZero();
  }
}
