package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;

class DisplacementTest {
  private static float[] moved(boolean isMirrored, int by, float... line) {
    Example example = Example.ofValues("line", new Shape(1, line.length), line);
    return new Displacement(isMirrored, new int[] {by}).of(example).values();
  }

  @Test
  void aLineIsMirroredThenMovedAndItsEndsAreRepeated() {
    assertThat(moved(false, 0, 1, 2, 3, 4)).containsExactly(1, 2, 3, 4);
    assertThat(moved(true, 0, 1, 2, 3, 4)).containsExactly(4, 3, 2, 1);
    assertThat(moved(false, 1, 1, 2, 3, 4)).containsExactly(1, 1, 2, 3);
    assertThat(moved(false, -2, 1, 2, 3, 4)).containsExactly(3, 4, 4, 4);
    assertThat(moved(true, 1, 1, 2, 3, 4)).containsExactly(4, 4, 3, 2);
    assertThat(moved(true, -3, 1, 2, 3, 4)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void anImageIsMirroredLeftToRight() {
    byte[] pixels = {
      1,
      2,
      3, //
      4,
      5,
      (byte) 200
    };
    Example image = Example.ofPixels("image", new Shape(1, 2, 3), pixels);
    assertThat(new Displacement(true, new int[] {0, 0}).of(image).pixels())
        .containsExactly(3, 2, 1, (byte) 200, 5, 4);
  }

  /** First mirrored, then moved axis by axis with the edge written out, an element at a time. */
  private static float[] naive(float[] from, Shape shape, boolean isMirrored, int[] offsets) {
    int[] grid = shape.grid();
    float[] now = from;
    int inner = 1;
    for (int axis = grid.length - 1; axis >= 0; axis--) {
      float[] next = new float[now.length];
      for (int i = 0; i < now.length; i++) {
        int length = grid[axis];
        int place = i / inner % length;
        int source = place - offsets[axis];
        if (source < 0) {
          source = 0;
        }
        if (source >= length) {
          source = length - 1;
        }
        if (isMirrored && axis == grid.length - 1) {
          source = length - 1 - source;
        }
        next[i] = now[i + (source - place) * inner];
      }
      now = next;
      inner *= grid[axis];
    }
    return now;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1x7", "3x7", "1x4x6", "3x5x4", "1x3x4x5", "2x4x3x2"})
  void everyChannelIsDisplacedAsPlainLoopsDo(String text) {
    Shape shape = Shape.parse(text);
    Random random = new Random(5);
    float[] values = new float[shape.dimensions()];
    byte[] pixels = new byte[values.length];
    random.nextBytes(pixels);
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels[i];
    }
    Example real = Example.ofValues("real", shape, values);
    Example image = Example.ofPixels("image", shape, pixels);
    for (int n = 0; n < 60; n++) {
      int[] offsets = random.ints(shape.grid().length, -3, 4).toArray();
      Displacement displacement = new Displacement(n % 2 == 0, offsets);
      float[] expected = naive(values, shape, n % 2 == 0, offsets);
      assertThat(displacement.of(real).values()).containsExactly(expected);
      byte[] found = displacement.of(image).pixels();
      for (int i = 0; i < expected.length; i++) {
        assertThat((float) found[i]).isEqualTo(expected[i]);
      }
    }
    assertThat(real.values()).as("the example itself").isEqualTo(values);
    assertThat(new Displacement(true, new int[shape.grid().length]).of(image).key())
        .isEqualTo("image");
  }
}
