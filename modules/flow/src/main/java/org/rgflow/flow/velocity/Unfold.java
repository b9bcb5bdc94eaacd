package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

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

  /**
   * {@code planes[c][row] = start[c] + sum_k unfolded[c * taps + k][row + sign * offset(k)]}.
   *
   * @param start a number for each channel, or null for zeros
   */
  static Kernel sum(PaddedGrid grid, INDArray start, INDArray unfolded, INDArray planes, int sign) {
    Arena arena = grid.arena();
    List<Kernel> sums = new ArrayList<>();
    for (int c = 0; c < planes.size(0); c++) {
      INDArray to = grid.shiftedPlane(planes, c, 0);
      for (int k = 0; k < grid.taps(); k++) {
        INDArray from = grid.shiftedPlane(unfolded, c * grid.taps() + k, sign * grid.offset(k));
        if (k > 0) {
          sums.add(arena.add(to, from, to));
        } else if (start == null) {
          sums.add(arena.copy(from, to));
        } else {
          sums.add(arena.add(from, Views.block(start, c, 1), to));
        }
      }
    }
    return Kernel.sequence(sums);
  }
}
