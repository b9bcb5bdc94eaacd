package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Views;

/**
 * A batch of grids with a halo, flattened to rows: example after example, last axis fastest.
 *
 * <pre>
 *   guard | example 0: padded grid | example 1: padded grid | ... | guard
 * </pre>
 *
 * A kernel tap is then one flat offset for every site of every example, on one, two or three axes.
 * The guards keep shifted windows inside the array, and the last one fills its rows up to a
 * multiple of {@link #BLOCK}. <em>Planes</em> hold few channels as (channels, rows);
 * <em>features</em> hold many as (rows, channels).
 */
public final class PaddedGrid {
  /**
   * Rows that oneDNN's matrix products take whole on every processor. With AVX2 those left over are
   * rounded otherwise than the rest, so that a score would depend on an image's place in its batch.
   */
  private static final int BLOCK = 48;

  private final Arena arena;
  private final int batch;
  private final int[] lengths;
  private final Padding padding;
  private final int reach;
  private final int[] padded;
  private final int[] offsets;
  private final int cells;
  private final int guard;
  private final int rows;

  /**
   * @param lengths sites per axis, one to three axes
   * @param kernel odd size of the convolution kernel on every axis
   */
  PaddedGrid(Arena arena, int batch, int[] lengths, int kernel, Padding padding) {
    this.arena = arena;
    this.batch = batch;
    this.lengths = lengths.clone();
    this.padding = padding;
    this.reach = (kernel - 1) / 2;
    this.padded = Arrays.stream(lengths).map(length -> length + 2 * reach).toArray();
    this.cells = Arrays.stream(padded).reduce(1, Math::multiplyExact);
    this.offsets = tapOffsets(padded, kernel);
    this.guard = offsets[offsets.length - 1];
    long least = (long) batch * cells + 2L * guard;
    if (least > Integer.MAX_VALUE - BLOCK) {
      throw new IllegalArgumentException(
          "a batch of "
              + batch
              + " examples of "
              + cells
              + " sites with their halo is too large; allowed: "
              + Integer.MAX_VALUE
              + " sites");
    }
    this.rows = (int) ((least + BLOCK - 1) / BLOCK * BLOCK);
  }

  private static int[] tapOffsets(int[] padded, int kernel) {
    int[] offsets = {0};
    for (int extent : padded) {
      int[] next = new int[offsets.length * kernel];
      for (int i = 0; i < offsets.length; i++) {
        for (int tap = 0; tap < kernel; tap++) {
          next[i * kernel + tap] = offsets[i] * extent + tap - (kernel - 1) / 2;
        }
      }
      offsets = next;
    }
    return offsets;
  }

  /** Owner of the arrays on this grid. */
  public Arena arena() {
    return arena;
  }

  /** Examples. */
  public int batch() {
    return batch;
  }

  /** Sites per axis, halo excluded. */
  int[] lengths() {
    return lengths.clone();
  }

  Padding padding() {
    return padding;
  }

  /** Kernel taps, row-major as the kernel's entries are. */
  int taps() {
    return offsets.length;
  }

  /** Flat distance from a site to the one that kernel tap {@code tap} reads. */
  int offset(int tap) {
    return offsets[tap];
  }

  /** Rows of an array, guards included. */
  int rows() {
    return rows;
  }

  /** Sites of one example and its halo. */
  int cells() {
    return cells;
  }

  /** Sites of one example, halo excluded. */
  int sites() {
    return Arrays.stream(lengths).reduce(1, Math::multiplyExact);
  }

  /** New planes of zeros, (channels, rows). */
  INDArray planes(int channels) {
    return arena.zeros(channels, rows());
  }

  /** New features of zeros, (rows, channels). */
  INDArray features(int channels) {
    return arena.zeros(rows(), channels);
  }

  /** The rows of features that hold cells, moved by {@code offset}. */
  INDArray shiftedRows(INDArray features, int offset) {
    long from = (long) guard + offset;
    return Views.rows(features, from, from + (long) batch * cells);
  }

  /** The cells of one plane, moved by {@code offset}: contiguous. */
  INDArray shiftedPlane(INDArray planes, int plane, int offset) {
    return Views.block(planes, (long) plane * rows() + guard + offset, (long) batch * cells);
  }

  /** One plane as (batch, cells). */
  INDArray examples(INDArray planes, int plane) {
    return Views.block(planes, (long) plane * rows() + guard, batch, cells);
  }

  /** Where the cells of an example begin in one of several planes. */
  int firstCell(int plane, int example) {
    return plane * rows() + guard + example * cells;
  }

  /** Features as one row for each example, halo included: (batch, cells * channels). */
  INDArray exampleRows(INDArray features) {
    long channels = features.size(1);
    return Views.block(features, guard * channels, batch, cells * channels);
  }

  /** Of features on a grid of one site those of that site: (batch, channels). */
  INDArray onlySites(INDArray features) {
    long channels = features.size(1);
    return Views.columns(exampleRows(features), cells / 2 * channels, (cells / 2 + 1) * channels);
  }

  /** Features as (batch, *padded grid, channels), at least two axes. */
  private INDArray volume(INDArray features) {
    long channels = features.size(1);
    long[] shape = new long[Math.max(2, padded.length) + 2];
    Arrays.fill(shape, 1);
    shape[0] = batch;
    shape[shape.length - 1] = channels;
    for (int a = 0; a < padded.length; a++) {
      shape[shape.length - 1 - padded.length + a] = padded[a];
    }
    return Views.block(features, guard * channels, shape);
  }

  /** Features as a convolution takes them, (batch, channels, *padded grid), at least two axes. */
  INDArray paddedVolume(INDArray features) {
    return Views.channelsFirst(volume(features));
  }

  /** The same without the halo, (batch, channels, *grid). */
  INDArray siteVolume(INDArray features) {
    INDArray view = paddedVolume(features);
    for (int a = 0; a < lengths.length; a++) {
      view = Views.slice(view, view.rank() - lengths.length + a, reach, lengths[a], 1);
    }
    return view;
  }

  /** Kernel taps as a convolution takes them, (*kernel, in, out), at least two axes. */
  INDArray kernelVolume(INDArray taps, long from, long in, long out) {
    long[] shape = new long[Math.max(2, padded.length) + 2];
    Arrays.fill(shape, 1);
    for (int a = 0; a < padded.length; a++) {
      shape[shape.length - 3 - a] = 2L * reach + 1;
    }
    shape[shape.length - 2] = in;
    shape[shape.length - 1] = out;
    return Views.block(taps, from, shape);
  }

  /** The halo of planes. */
  Halo haloOfPlanes(INDArray planes) {
    return new Halo(arena, planeBody(planes), 2, seams(planes, 1), lengths, reach, padding);
  }

  /** The halo of features. */
  Halo haloOfFeatures(INDArray features) {
    INDArray volume = volume(features);
    int firstAxis = volume.rank() - 1 - padded.length;
    List<INDArray> seams = seams(Views.flat(features), (int) features.size(1));
    return new Halo(arena, volume, firstAxis, seams, lengths, reach, padding);
  }

  /**
   * The halo as one view per axis, (arrays, lines + 1, numbers): where a line ends and the next one
   * begins, halo meets halo. Before the first line and behind the last one this takes cells of the
   * guards, zero as they are.
   *
   * @param arrays (arrays, rows * width): planes, or features as one array
   * @param width numbers of a cell
   */
  private List<INDArray> seams(INDArray arrays, int width) {
    List<INDArray> seams = new ArrayList<>();
    if (reach == 0) {
      return seams;
    }
    long lines = batch;
    long line = (long) cells * width;
    for (int extent : padded) {
      long halo = reach * (line / extent);
      seams.add(
          Views.strided(
              arrays,
              (long) guard * width - halo,
              new long[] {arrays.size(0), lines + 1, 2 * halo},
              new long[] {arrays.stride(0), line, 1}));
      lines *= extent;
      line /= extent;
    }
    return seams;
  }

  private INDArray planeBody(INDArray planes) {
    int axes = padded.length;
    long[] shape = new long[axes + 2];
    long[] strides = new long[axes + 2];
    long stride = 1;
    for (int a = axes - 1; a >= 0; a--) {
      shape[2 + a] = padded[a];
      strides[2 + a] = stride;
      stride *= padded[a];
    }
    shape[1] = batch;
    strides[1] = stride;
    shape[0] = planes.size(0);
    strides[0] = rows();
    return Views.strided(planes, guard, shape, strides);
  }

  /** The sites of planes without their halo, (channels, batch, *grid). */
  public INDArray interior(INDArray planes) {
    INDArray view = planeBody(planes);
    for (int a = 0; a < lengths.length; a++) {
      view = Views.slice(view, 2 + a, reach, lengths[a], 1);
    }
    return view;
  }
}
