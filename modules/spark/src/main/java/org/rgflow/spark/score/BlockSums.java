package org.rgflow.spark.score;

import java.util.Arrays;

/**
 * Numbers, one to an image, in the order of the images: the sums of blocks of neighbours, so that
 * of any number of images few numbers are left.
 *
 * @param sums by block
 * @param counts images of each block, at least 1
 */
public record BlockSums(double[] sums, long[] counts) {

  /** Blocks of one number each. */
  public static BlockSums single(double... values) {
    long[] counts = new long[values.length];
    Arrays.fill(counts, 1);
    return new BlockSums(values, counts);
  }

  /** Number of blocks. */
  int blocks() {
    return sums.length;
  }

  /** Number of images. */
  public long images() {
    return Arrays.stream(counts).sum();
  }

  /** Over the images; NaN of none. */
  public double mean() {
    double sum = 0;
    for (double block : sums) {
      sum += block;
    }
    return sum / images();
  }
}
