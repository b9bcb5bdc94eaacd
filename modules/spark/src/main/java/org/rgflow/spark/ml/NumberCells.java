package org.rgflow.spark.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;

/**
 * Arrays and vectors of numbers in planar order, (C, *grid).
 *
 * @param column name of the column
 * @param shape of the examples; null for one channel on a line
 * @param asker who wants that shape, and the verb: {@code the model was trained on}
 * @param arePixels whether the numbers are whole and in 0 to 255, not any real ones
 */
record NumberCells(String column, Shape shape, String asker, boolean arePixels)
    implements CellReader {
  @Override
  public Example read(String key, Row row, int place) {
    double[] values =
        row.get(place) instanceof Vector vector
            ? vector.toArray()
            : doubles(key, row.getList(place));
    Optional<String> misfit = misfit(values.length);
    if (misfit.isPresent()) {
      throw new DataException(misfit.get());
    }
    Shape geometry = shape == null ? new Shape(1, values.length) : shape;
    return arePixels
        ? Example.ofPixels(key, geometry, pixels(key, values))
        : Example.ofValues(key, geometry, floats(key, values));
  }

  /**
   * What is wrong with so many numbers, naming both sizes, the grid in the order in which images
   * are spoken of; empty if nothing is.
   */
  Optional<String> misfit(int size) {
    if (shape == null || size == shape.dimensions()) {
      return Optional.empty();
    }
    String grid =
        Arrays.stream(shape.grid()).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    return Optional.of(
        String.format(
            Locale.ROOT,
            "Column %s has size %d but %s %d (%sx%d)",
            column,
            size,
            asker,
            shape.dimensions(),
            grid,
            shape.channels()));
  }

  private static double[] doubles(String key, List<? extends Number> numbers) {
    double[] values = new double[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      Number number = numbers.get(i);
      if (number == null) {
        throw new DataException(key + ": has null at position " + i + "; allowed: numbers");
      }
      values[i] = number.doubleValue();
    }
    return values;
  }

  private static byte[] pixels(String key, double[] values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] <= 255 && values[i] == Math.rint(values[i]))) {
        throw new DataException(
            key + ": has " + values[i] + " at position " + i + "; allowed: pixels, 0 to 255");
      }
      pixels[i] = (byte) values[i];
    }
    return pixels;
  }

  private static float[] floats(String key, double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Example.requireFinite(key + ":", floats);
  }
}
