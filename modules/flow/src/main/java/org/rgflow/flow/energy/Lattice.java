package org.rgflow.flow.energy;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A periodic grid with some values at every site, kept channel after channel, row-major.
 *
 * @param channels values per site
 * @param shape sites per axis, 1 to 3 axes
 */
public record Lattice(int channels, int... shape) implements Serializable {
  /** Checks both. */
  public Lattice {
    shape = shape.clone();
    if (channels < 1 || channels > 1024) {
      throw new IllegalArgumentException("energy.channels must be in [1, 1024], was " + channels);
    }
    if (shape.length < 1 || shape.length > 3) {
      throw new IllegalArgumentException(
          "energy.lattice must have 1 to 3 axes, was " + Arrays.toString(shape));
    }
    if (Arrays.stream(shape).anyMatch(length -> length < 1 || length > 65_536)) {
      throw new IllegalArgumentException(
          "energy.lattice must have sizes in [1, 65536], was " + Arrays.toString(shape));
    }
    if (Arrays.stream(shape).asLongStream().reduce(channels, (a, b) -> a * b) > 1 << 24) {
      throw new IllegalArgumentException(
          "energy.lattice must hold at most 2^24 values, was "
              + Arrays.toString(shape)
              + " of "
              + channels);
    }
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  /** Number of sites. */
  public int sites() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Numbers in one x. */
  public int dimensions() {
    return channels * sites();
  }

  /** For each site the next one on an axis; the last one's is the first. */
  int[] next(int axis) {
    int stride = 1;
    for (int a = axis + 1; a < shape.length; a++) {
      stride *= shape[a];
    }
    int[] next = new int[sites()];
    for (int site = 0; site < next.length; site++) {
      boolean isLast = site / stride % shape[axis] == shape[axis] - 1;
      next[site] = isLast ? site - stride * (shape[axis] - 1) : site + stride;
    }
    return next;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Lattice that
        && channels == that.channels
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return 31 * channels + Arrays.hashCode(shape);
  }

  /** Channels and sizes, joined by x: {@code 1x16x16}. */
  @Override
  public String toString() {
    return channels
        + Arrays.stream(shape).mapToObj(length -> "x" + length).collect(Collectors.joining());
  }
}
