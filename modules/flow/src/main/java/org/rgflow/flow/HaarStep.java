package org.rgflow.flow;

import java.util.Arrays;

/**
 * Block averages and details in the place of a grid's values, along every axis in turn.
 *
 * <p>Along an axis of stride s, each complete block of s sites is reflected by the Householder
 * matrix that exchanges the unit vector of the block's coarse site with (1, ..., 1)/sqrt(s):
 *
 * <pre>
 *   H = I - 2 w w^T / |w|^2,   w = e_coarse - (1, ..., 1)/sqrt(s)
 * </pre>
 *
 * so that the coarse site holds sqrt(s) times the average. For s = 2 that is Haar's step up to the
 * detail's sign. H is orthogonal and symmetric: the step is its own inverse and its own adjoint,
 * and its log determinant is 0. Sites beyond the last complete block stay.
 */
final class HaarStep {
  private final int[] shape;
  private final int stride;

  /** w / |w| times sqrt(2). */
  private final double[] direction;

  /** The step of a model's level; null where it decimates, or has no coarser level. */
  static HaarStep of(FlowConfig config, Partition partition) {
    return config.coarsening() == Coarsening.AVERAGE && partition.hasCoarse()
        ? new HaarStep(partition)
        : null;
  }

  private HaarStep(Partition partition) {
    this.shape = partition.shape();
    this.stride = partition.stride();
    this.direction = new double[stride];
    Arrays.fill(direction, -1 / Math.sqrt(stride));
    direction[partition.first()] += 1;
    double norm = Math.sqrt(Arrays.stream(direction).map(w -> w * w).sum() / 2);
    for (int i = 0; i < stride; i++) {
      direction[i] /= norm;
    }
  }

  /** Applies it to grids that follow each other, row-major. */
  void apply(double[] values) {
    int inner = 1; // sites between neighbours along the axis
    for (int a = shape.length - 1; a >= 0; a--) {
      int line = shape[a] * inner;
      for (int start = 0; start < values.length; start += line) {
        for (int block = 0; block + stride <= shape[a]; block += stride) {
          for (int i = 0; i < inner; i++) {
            reflect(values, start + block * inner + i, inner);
          }
        }
      }
      inner = line;
    }
  }

  private void reflect(double[] values, int from, int step) {
    double product = 0;
    for (int i = 0; i < stride; i++) {
      product += direction[i] * values[from + i * step];
    }
    for (int i = 0; i < stride; i++) {
      values[from + i * step] -= product * direction[i];
    }
  }
}
