package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Kernel;

/** Planes laid out once per kernel tap, each copy moved by the tap's offset, and the way back. */
final class Unfold {
  private Unfold() {}

  /**
   * {@code unfolded[c * taps + k][row] = planes[c][row + sign * offset(k)]}.
   *
   * @param unfolded (channels * taps or more, rows)
   */
  static Kernel taps(PaddedGrid grid, INDArray planes, INDArray unfolded, int sign) {
    List<Kernel> copies = new ArrayList<>();
    for (int c = 0; c < planes.size(0); c++) {
      for (int k = 0; k < grid.taps(); k++) {
        INDArray from = grid.shiftedPlane(planes, c, sign * grid.offset(k));
        INDArray to = grid.shiftedPlane(unfolded, c * grid.taps() + k, 0);
        copies.add(grid.arena().copy(from, to));
      }
    }
    return Kernel.sequence(copies);
  }

  /** {@code planes[c][row] += sum_k unfolded[c * taps + k][row + sign * offset(k)]}. */
  static Kernel sum(PaddedGrid grid, INDArray unfolded, INDArray planes, int sign) {
    List<Kernel> sums = new ArrayList<>();
    for (int c = 0; c < planes.size(0); c++) {
      INDArray to = grid.shiftedPlane(planes, c, 0);
      for (int k = 0; k < grid.taps(); k++) {
        INDArray from = grid.shiftedPlane(unfolded, c * grid.taps() + k, sign * grid.offset(k));
        sums.add(grid.arena().add(to, from, to));
      }
    }
    return Kernel.sequence(sums);
  }
}
