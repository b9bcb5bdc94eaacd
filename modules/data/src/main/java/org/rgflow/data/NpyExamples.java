package org.rgflow.data;

import java.util.Arrays;

/**
 * Examples along axis 0 of an npy array: uint8 of (N, H, W) or (N, C, *grid) are pixels, any other
 * type of (N, C, *grid) is real values, which must be finite as float32.
 */
final class NpyExamples extends CountedReader {
  private final String fileName;
  private final String errorName;
  private final NpyReader array;
  private final Shape geometry;

  /**
   * The examples of an array.
   *
   * @param fileName what keys are made of
   * @param errorName what errors name: the file, or the file and its array
   */
  NpyExamples(String fileName, String errorName, NpyReader array) {
    super(errorName, array.count());
    this.fileName = fileName;
    this.errorName = errorName;
    this.array = array;
    this.geometry = geometry(errorName, array.type(), array.shape());
  }

  private static Shape geometry(String errorName, NpyArray.Type type, int[] shape) {
    boolean isGray = type == NpyArray.Type.UINT8 && shape.length == 3;
    if (isGray) {
      return Shape.in(errorName, 1, shape[1], shape[2]);
    }
    if (shape.length < 3 || shape.length > 5) {
      throw new DataException(
          errorName
              + ": npy shape "
              + NpyHeader.text(shape)
              + "; allowed: (N, C, *grid) with 1 to 3 grid axes, or (N, H, W) of uint8");
    }
    return Shape.in(errorName, shape[1], Arrays.copyOfRange(shape, 2, shape.length));
  }

  @Override
  void pass(int index, int n) {
    array.skip(n);
  }

  @Override
  Example read(int index) {
    NpyArray slice = array.next();
    String key = fileName + "#" + index;
    if (slice.type() == NpyArray.Type.UINT8) {
      return Example.ofPixels(key, geometry, slice.bytes());
    }
    String what = errorName + ": example " + index;
    return Example.ofValues(key, geometry, Example.requireFinite(what, slice.floats()));
  }

  @Override
  public void close() {
    array.close();
  }
}
