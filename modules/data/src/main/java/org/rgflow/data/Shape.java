package org.rgflow.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The shape of one example: C channels on a grid of one to three axes, written {@code 1x28x28}.
 *
 * <p>A plain class, as Kryo 4 cannot read records.
 */
public final class Shape implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int channels;
  private final int[] grid;

  /**
   * The shape of C channels on a grid.
   *
   * @throws DataException unless every number is at least 1, the grid has one to three axes and the
   *     product fits an int
   */
  public Shape(int channels, int... grid) {
    this.channels = channels;
    this.grid = grid.clone();
    if (grid.length < 1 || grid.length > 3) {
      throw new DataException(
          "shape " + this + " has " + grid.length + " grid axes; allowed: 1, 2 or 3");
    }
    long dimensions = requirePositive(channels);
    for (int length : grid) {
      dimensions *= requirePositive(length);
      if (dimensions > Integer.MAX_VALUE) {
        throw new DataException(
            "shape " + this + " is too large; allowed: " + Integer.MAX_VALUE + " dimensions");
      }
    }
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private Shape() {
    channels = 0;
    grid = null;
  }

  /**
   * Reads {@link #toString()} back: channels, then the grid's axes, joined by {@code x}.
   *
   * @throws DataException if the text is anything else
   */
  public static Shape parse(String text) {
    String[] parts = text.split("x", -1);
    int[] numbers = new int[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        numbers[i] = Integer.parseInt(parts[i].strip());
      }
    } catch (NumberFormatException e) {
      throw new DataException(
          "shape '" + text + "' is not channels and grid joined by x; allowed: like 1x28x28", e);
    }
    return new Shape(numbers[0], Arrays.copyOfRange(numbers, 1, numbers.length));
  }

  /** The shape found in a file, whose name an error carries. */
  static Shape in(String fileName, int channels, int... grid) {
    try {
      return new Shape(channels, grid);
    } catch (DataException e) {
      throw new DataException(fileName + ": " + e.getMessage(), e);
    }
  }

  public int channels() {
    return channels;
  }

  /** The lengths of the grid's axes, a copy. */
  public int[] grid() {
    return grid.clone();
  }

  /** Sites of the grid, the product of its axes. */
  public int sites() {
    int sites = 1;
    for (int length : grid) {
      sites *= length;
    }
    return sites;
  }

  /** D = channels times sites. */
  public int dimensions() {
    return channels * sites();
  }

  /**
   * Returns this shape if it is the expected one.
   *
   * @throws DataException naming the file and both shapes otherwise
   */
  public Shape requireSame(String fileName, Shape expected) {
    if (!equals(expected)) {
      throw new DataException(fileName + ": shape " + this + "; allowed: " + expected);
    }
    return this;
  }

  /** Pixels of one example in planar order, of which the channels were the last axis. */
  byte[] planar(byte[] interleaved) {
    if (channels == 1) {
      return interleaved;
    }
    int sites = sites();
    byte[] planar = new byte[interleaved.length];
    for (int site = 0; site < sites; site++) {
      for (int channel = 0; channel < channels; channel++) {
        planar[channel * sites + site] = interleaved[site * channels + channel];
      }
    }
    return planar;
  }

  private int requirePositive(int length) {
    if (length < 1) {
      throw new DataException("shape " + this + " has " + length + "; allowed: at least 1");
    }
    return length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that
        && channels == that.channels
        && Arrays.equals(grid, that.grid);
  }

  @Override
  public int hashCode() {
    return 31 * channels + Arrays.hashCode(grid);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(channels);
    for (int length : grid) {
      text.append('x').append(length);
    }
    return text.toString();
  }
}
