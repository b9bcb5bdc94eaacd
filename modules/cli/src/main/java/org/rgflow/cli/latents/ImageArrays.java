package org.rgflow.cli.latents;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.data.Shape;

/** Examples as the one array of an npz: (count, C, *grid). */
final class ImageArrays {
  private ImageArrays() {}

  /** Array {@code images} of planar pixels. */
  static byte[] ofPixels(List<byte[]> pixels, Shape shape) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    pixels.forEach(all::writeBytes);
    return npz("images", NpyArray.of(all.toByteArray(), axes(pixels.size(), shape)));
  }

  /** Array {@code x} of real values, one example after the other. */
  static byte[] ofValues(float[] values, int count, Shape shape) throws IOException {
    return npz("x", NpyArray.of(values, axes(count, shape)));
  }

  private static int[] axes(int count, Shape shape) {
    int[] grid = shape.grid();
    int[] axes = new int[grid.length + 2];
    axes[0] = count;
    axes[1] = shape.channels();
    System.arraycopy(grid, 0, axes, 2, grid.length);
    return axes;
  }

  private static byte[] npz(String name, NpyArray array) throws IOException {
    ByteArrayOutputStream npz = new ByteArrayOutputStream();
    Npz.write(npz, Map.of(name, array));
    return npz.toByteArray();
  }
}
