package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/** The cells around the grid in one array: filled from it, cleared, or added back to it. */
final class Halo {
  private record Strip(INDArray halo, INDArray source, Kernel fill, Kernel clear) {}

  private final List<Strip> strips = new ArrayList<>();
  private final Arena arena;
  private final Padding padding;

  /**
   * @param body the array with the grid's padded axes from {@code firstAxis} on
   * @param lengths of the grid without its halo
   * @param reach width of the halo on each side
   */
  Halo(Arena arena, INDArray body, int firstAxis, int[] lengths, int reach, Padding padding) {
    this.arena = arena;
    this.padding = padding;
    for (int a = 0; a < lengths.length; a++) {
      addStrips(body, firstAxis + a, lengths[a], reach, -reach, 0);
      addStrips(body, firstAxis + a, lengths[a], reach, lengths[a], lengths[a] + reach);
    }
  }

  /** Joins neighbouring cells with neighbouring sources into one strip. */
  private void addStrips(INDArray body, int axis, int length, int reach, int from, int to) {
    int index = from;
    while (index < to) {
      int source = padding.source(index, length);
      int count = 1;
      while (index + count < to
          && continues(padding.source(index + count, length), source, count)) {
        count++;
      }
      INDArray halo = Views.slice(body, axis, reach + index, count, 1);
      Kernel clear = arena.copy(arena.zeros(halo.shape()), halo);
      if (source == Padding.NOWHERE) {
        strips.add(new Strip(halo, null, clear, clear));
      } else {
        INDArray origin = Views.slice(body, axis, reach + source, count, 1);
        strips.add(new Strip(halo, origin, arena.copy(origin, halo), clear));
      }
      index += count;
    }
  }

  private static boolean continues(int next, int first, int count) {
    return first == Padding.NOWHERE ? next == Padding.NOWHERE : next == first + count;
  }

  /** Sets every halo cell to what the padding puts there. */
  void fill() {
    for (Strip strip : strips) {
      strip.fill.run();
    }
  }

  /** Sets every halo cell to zero. */
  void clear() {
    for (Strip strip : strips) {
      strip.clear.run();
    }
  }

  /** Adds every halo cell to its source and clears it: the transpose of {@link #fill()}. */
  void fold() {
    for (int i = strips.size() - 1; i >= 0; i--) {
      Strip strip = strips.get(i);
      if (strip.source != null) {
        strip.source.addi(strip.halo);
      }
      strip.clear.run();
    }
  }

  /** Before a transposed convolution: what its input must hold around the grid. */
  void beforeAdjoint() {
    if (padding.isSelfAdjoint()) {
      fill();
    } else {
      clear();
    }
  }

  /** After a transposed convolution: what it left around the grid, brought home. */
  void afterAdjoint() {
    if (!padding.isSelfAdjoint()) {
      fold();
    }
  }
}
