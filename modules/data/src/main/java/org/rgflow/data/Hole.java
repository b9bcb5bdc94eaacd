package org.rgflow.data;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.stream.IntStream;

/** The sites of images whose values are not known, in every channel alike. */
public final class Hole implements Serializable {
  private static final long serialVersionUID = 1L;

  /** From this gray on a mask's pixel is of the hole. */
  private static final int BRIGHT = 128;

  private final Shape shape;
  private final boolean[] sites;

  private Hole(Shape shape, boolean[] sites) {
    this.shape = shape;
    this.sites = sites;
  }

  /**
   * A rectangle of an image.
   *
   * @throws DataException if it does not lie within images of this shape, or is all of them
   */
  public static Hole rectangle(Shape shape, int row, int column, int height, int width) {
    int rows = height(shape);
    int columns = shape.sites() / rows;
    if (!isWithin(row, height, rows) || !isWithin(column, width, columns)) {
      throw new DataException(
          "a hole of "
              + height
              + " rows and "
              + width
              + " columns from row "
              + row
              + " and column "
              + column
              + " on; allowed: within an image of "
              + shape);
    }
    boolean[] sites = new boolean[shape.sites()];
    for (int r = row; r < row + height; r++) {
      Arrays.fill(sites, r * columns + column, r * columns + column + width, true);
    }
    return new Hole(shape, sites).requireBoth("the rectangle");
  }

  private static boolean isWithin(int first, int length, int all) {
    return first >= 0 && length >= 1 && (long) first + length <= all;
  }

  /**
   * Where a picture is bright: gray of 128 or more.
   *
   * @param name of the picture, for errors
   * @param mask one channel on the images' grid
   * @throws DataException if it is of another grid, or bright everywhere or nowhere
   */
  public static Hole ofMask(String name, Example mask, Shape shape) {
    mask.geometry().requireSame(name, new Shape(1, shape.grid()));
    byte[] gray = mask.pixels();
    boolean[] sites = new boolean[gray.length];
    for (int i = 0; i < sites.length; i++) {
      sites[i] = (gray[i] & 0xFF) >= BRIGHT;
    }
    return new Hole(shape, sites).requireBoth(name);
  }

  private Hole requireBoth(String name) {
    if (size() == 0 || size() == sites.length) {
      throw new DataException(
          name
              + " makes a hole of "
              + size()
              + " of "
              + sites.length
              + " sites; allowed: some, but not all");
    }
    return this;
  }

  private static int height(Shape shape) {
    if (shape.grid().length != 2) {
      throw new DataException("a hole in " + shape + "; allowed: in images of two axes");
    }
    return shape.grid()[0];
  }

  /** Sites that are not known. */
  public int size() {
    return (int) IntStream.range(0, sites.length).filter(i -> sites[i]).count();
  }

  /** Whether each value of an example, (C, *grid), is not known. */
  public boolean[] values() {
    boolean[] values = new boolean[shape.dimensions()];
    for (int i = 0; i < values.length; i++) {
      values[i] = sites[i % sites.length];
    }
    return values;
  }

  /** Known pixels from one image, (C, *grid), the others from another. */
  public byte[] patched(byte[] known, byte[] inside) {
    byte[] patched = new byte[known.length];
    for (int i = 0; i < patched.length; i++) {
      patched[i] = sites[i % sites.length] ? inside[i] : known[i];
    }
    return patched;
  }

  /** The image with the hole of one gray. */
  public byte[] blank(byte[] pixels, int gray) {
    byte[] even = new byte[pixels.length];
    Arrays.fill(even, (byte) gray);
    return patched(pixels, even);
  }

  /** The image with every unknown pixel like a known one that is nearest by rows and columns. */
  public byte[] filled(byte[] pixels) {
    int[] nearest = nearest();
    byte[] filled = new byte[pixels.length];
    for (int i = 0; i < filled.length; i++) {
      int site = i % sites.length;
      filled[i] = pixels[i - site + nearest[site]];
    }
    return filled;
  }

  /** Breadth first from all known sites at once. */
  private int[] nearest() {
    int columns = sites.length / height(shape);
    int[] nearest = new int[sites.length];
    Queue<Integer> reached = new ArrayDeque<>();
    for (int i = 0; i < sites.length; i++) {
      nearest[i] = sites[i] ? -1 : i;
      if (!sites[i]) {
        reached.add(i);
      }
    }
    while (!reached.isEmpty()) {
      int site = reached.remove();
      int column = site % columns;
      for (int next :
          new int[] {
            site - columns,
            site + columns,
            column > 0 ? site - 1 : -1,
            column < columns - 1 ? site + 1 : -1
          }) {
        if (next >= 0 && next < sites.length && nearest[next] < 0) {
          nearest[next] = nearest[site];
          reached.add(next);
        }
      }
    }
    return nearest;
  }
}
