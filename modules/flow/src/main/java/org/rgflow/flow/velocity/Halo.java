package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/** The cells around the grid in one array: filled from it, cleared, or added back to it. */
final class Halo {
  /** Part of the halo, and where its values come from. */
  private record Strip(INDArray halo, INDArray source, Kernel fill) {}

  private final List<Strip> strips = new ArrayList<>();
  private final Kernel clear;
  private final Arena arena;
  private final Padding padding;
  private Kernel fold;

  /**
   * @param body the array with the grid's padded axes from {@code firstAxis} on
   * @param seams the whole halo, axis by axis
   * @param lengths of the grid without its halo
   * @param reach width of the halo on each side
   */
  Halo(
      Arena arena,
      INDArray body,
      int firstAxis,
      List<INDArray> seams,
      int[] lengths,
      int reach,
      Padding padding) {
    this.arena = arena;
    this.padding = padding;
    List<Kernel> clears = new ArrayList<>();
    for (INDArray seam : seams) {
      clears.add(arena.copy(arena.sharedZeros(seam.shape()), seam));
    }
    this.clear = Kernel.sequence(clears);
    for (int a = 0; a < lengths.length && padding != Padding.ZEROS; a++) {
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
      while (index + count < to && padding.source(index + count, length) == source + count) {
        count++;
      }
      INDArray halo = Views.slice(body, axis, reach + index, count, 1);
      INDArray origin = Views.slice(body, axis, reach + source, count, 1);
      strips.add(new Strip(halo, origin, arena.copy(origin, halo)));
      index += count;
    }
  }

  /** By way of contiguous copies: an addition is slow on strided views. */
  private Kernel foldKernel() {
    List<Kernel> steps = new ArrayList<>();
    for (int i = strips.size() - 1; i >= 0; i--) {
      Strip strip = strips.get(i);
      INDArray sum = arena.zeros(strip.source.shape());
      INDArray part = arena.zeros(strip.source.shape());
      steps.add(arena.copy(strip.source, sum));
      steps.add(arena.copy(strip.halo, part));
      steps.add(arena.add(sum, part, sum));
      steps.add(arena.copy(sum, strip.source));
    }
    steps.add(clear);
    return Kernel.sequence(steps);
  }

  /** Sets every halo cell to what the padding puts there. */
  void fill() {
    if (padding == Padding.ZEROS) {
      clear.run();
    }
    for (Strip strip : strips) {
      strip.fill.run();
    }
  }

  /** Sets every halo cell to zero. */
  void clear() {
    clear.run();
  }

  /** Adds every halo cell to its source and clears it: the transpose of {@link #fill()}. */
  void fold() {
    if (fold == null) {
      fold = foldKernel();
    }
    fold.run();
  }
}
