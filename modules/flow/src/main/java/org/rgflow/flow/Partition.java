package org.rgflow.flow;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A grid split into coarse and residual sites, as SPEC section 1 has it.
 *
 * <p>A site is coarse when, on every axis, {@code index mod stride == stride / 2}. Sites are
 * ordered row-major, last axis fastest, and both kinds keep that order.
 */
public final class Partition {
  private final int[] shape;
  private final int stride;
  private final int[] coarseShape;
  private final int[] coarse;
  private final int[] residual;

  /**
   * @param shape sites per axis
   * @param stride at least 2
   */
  public Partition(int[] shape, int stride) {
    this.shape = shape.clone();
    this.stride = stride;
    this.coarseShape =
        Arrays.stream(shape)
            .map(length -> (length - first(stride) + stride - 1) / stride)
            .toArray();
    int sites = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    int[] coarseSites = new int[sites];
    int[] residualSites = new int[sites];
    int coarseCount = 0;
    int residualCount = 0;
    for (int site = 0; site < sites; site++) {
      if (isCoarse(site)) {
        coarseSites[coarseCount++] = site;
      } else {
        residualSites[residualCount++] = site;
      }
    }
    this.coarse = Arrays.copyOf(coarseSites, coarseCount);
    this.residual = Arrays.copyOf(residualSites, residualCount);
  }

  private static int first(int stride) {
    return stride / 2;
  }

  private boolean isCoarse(int site) {
    int rest = site;
    for (int a = shape.length - 1; a >= 0; a--) {
      if (rest % shape[a] % stride != first(stride)) {
        return false;
      }
      rest /= shape[a];
    }
    return true;
  }

  /** Sites per axis. */
  public int[] shape() {
    return shape.clone();
  }

  /** The shape (first, second, *grid) of an array over the sites. */
  long[] shape(int first, int second) {
    return LongStream.concat(LongStream.of(first, second), Arrays.stream(shape).asLongStream())
        .toArray();
  }

  /** First coarse index on every axis. */
  public int first() {
    return first(stride);
  }

  /** Distance of coarse indices on every axis. */
  public int stride() {
    return stride;
  }

  /** Number of sites. */
  public int sites() {
    return coarse.length + residual.length;
  }

  /** Coarse sites per axis: the next grid. */
  public int[] coarseShape() {
    return coarseShape.clone();
  }

  /** Whether there is a next grid. */
  public boolean hasCoarse() {
    return coarse.length > 0;
  }

  /** Row-major numbers of the coarse sites. */
  public int[] coarse() {
    return coarse.clone();
  }

  /** Row-major numbers of the residual sites. */
  public int[] residual() {
    return residual.clone();
  }

  /** 1 at coarse sites, else 0. */
  public double[] mask() {
    double[] mask = new double[sites()];
    for (int site : coarse) {
      mask[site] = 1;
    }
    return mask;
  }
}
