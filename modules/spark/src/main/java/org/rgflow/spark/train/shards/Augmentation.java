package org.rgflow.spark.train.shards;

import java.io.Serializable;
import java.util.Arrays;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.Shape;

/**
 * How an example is varied each time that it is learnt from, before pixels are dequantised;
 * validations and scores are of examples as they are.
 *
 * @param flip whether half of the draws are mirrored along the last axis
 * @param shift sites n by which a draw is moved at most: on each axis uniformly in {-n, ..., n}
 */
public record Augmentation(boolean flip, int shift) implements Serializable {
  /** Every draw is the example itself. */
  public static final Augmentation NONE = new Augmentation(false, 0);

  /** Checks the values. */
  public Augmentation {
    if (shift < 0) {
      throw new IllegalArgumentException("train.shift must be at least 0, was " + shift);
    }
  }

  /**
   * Checks that examples of a shape keep some of their sites however far they are moved.
   *
   * @throws DataException if not
   */
  void requireWithin(Shape shape) {
    int shortest = Arrays.stream(shape.grid()).min().getAsInt();
    if (shift >= shortest) {
      throw new DataException(
          "train.shift must be less than "
              + shortest
              + ", the shortest axis of "
              + shape
              + ", was "
              + shift);
    }
  }

  /**
   * The example as a draw has it.
   *
   * @param key of the example
   * @param draw number of the draw, such as the epoch
   */
  Example of(Example example, long seed, long key, long draw) {
    return equals(NONE)
        ? example
        : displacement(example.shape().length, seed, key, draw).of(example);
  }

  /** What a draw does to an example of so many axes. */
  Displacement displacement(int axes, long seed, long key, long draw) {
    KeyedNoise noise = new KeyedNoise(seed, key, KeyedNoise.Purpose.AUGMENTATION, draw);
    boolean isMirrored = flip && noise.uniform() < 0.5;
    int[] offsets = new int[axes];
    for (int axis = 0; axis < axes; axis++) {
      offsets[axis] = (int) noise.nextLong(2L * shift + 1) - shift;
    }
    return new Displacement(isMirrored, offsets);
  }
}
