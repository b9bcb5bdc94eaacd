package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/** The cells around the grid in one array: filled from it, cleared, or added back to it. */
final class Halo {
  /** Part of the halo, and where its values come from: null where padding is zero. */
  private record Strip(INDArray halo, INDArray source, Kernel fill, Kernel clear) {}

  private final List<Strip> strips = new ArrayList<>();
  private final Arena arena;
  private final Padding padding;
  private Kernel fold;

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
      Kernel clear = arena.copy(arena.sharedZeros(halo.shape()), halo);
      if (source == Padding.NOWHERE) {
        strips.add(new Strip(halo, null, clear, clear));
      } else {
        INDArray origin = Views.slice(body, axis, reach + source, count, 1);
        strips.add(new Strip(halo, origin, arena.copy(origin, halo), clear));
      }
      index += count;
    }
  }

  /** By way of contiguous copies: an addition is slow on strided views. */
  private Kernel foldKernel() {
    List<Kernel> steps = new ArrayList<>();
    for (int i = strips.size() - 1; i >= 0; i--) {
      Strip strip = strips.get(i);
      if (strip.source != null) {
        INDArray sum = arena.zeros(strip.source.shape());
        INDArray part = arena.zeros(strip.source.shape());
        steps.add(arena.copy(strip.source, sum));
        steps.add(arena.copy(strip.halo, part));
        steps.add(arena.add(sum, part, sum));
        steps.add(arena.copy(sum, strip.source));
      }
      steps.add(strip.clear);
    }
    return Kernel.sequence(steps);
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
    if (fold == null) {
      fold = foldKernel();
    }
    fold.run();
  }
}
