package org.rgflow.data;

import java.util.Arrays;

/**
 * Examples along axis 0 of an npy array: uint8 of (N, H, W), (N, C, *grid) or (N, H, W, C) are
 * pixels, any other type of (N, C, *grid) is real values, which must be finite as float32.
 *
 * <p>Channels are last where they are 1, 3 or 4 of images with longer sides, which else were many
 * channels of a picture that is hardly wide.
 */
final class NpyExamples extends CountedReader {
  private static final int MOST_CHANNELS = 4;

  private final String fileName;
  private final String errorName;
  private final NpyReader array;
  private final boolean isChannelsLast;
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
    this.isChannelsLast = array.type() == NpyArray.Type.UINT8 && isChannelsLast(array.shape());
    this.geometry =
        isChannelsLast
            ? Shape.in(errorName, array.shape()[3], array.shape()[1], array.shape()[2])
            : geometry(errorName, array.type(), array.shape());
  }

  private static boolean isChannelsLast(int[] shape) {
    return shape.length == 4
        && shape[1] > MOST_CHANNELS
        && shape[2] > MOST_CHANNELS
        && (shape[3] == 1 || shape[3] == 3 || shape[3] == MOST_CHANNELS);
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
      byte[] pixels = slice.bytes();
      return Example.ofPixels(key, geometry, isChannelsLast ? geometry.planar(pixels) : pixels);
    }
    String what = errorName + ": example " + index;
    return Example.ofValues(key, geometry, Example.requireFinite(what, slice.floats()));
  }

  @Override
  public void close() {
    array.close();
  }
}
