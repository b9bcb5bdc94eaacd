package org.rgflow.flow.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ArenaTest {
  private static final int ARENAS = 150;
  private static final int KERNELS = 500;
  private static final int SETTLED_MILLIS = 500;

  @Test
  void whatClosedArenasHeldOffTheHeapIsFreedThoughTheHeapHasRoom() throws InterruptedException {
    long before = pointersOnceOthersAreFreed();
    openAndClose();
    long ofOne = Pointer.totalCount() - before;
    long most = 0;
    for (int i = 1; i < ARENAS; i++) {
      openAndClose();
      most = Math.max(most, Pointer.totalCount() - before);
    }
    assertThat(ofOne).isGreaterThan(KERNELS);
    assertThat(most).isLessThan(ARENAS * ofOne / 3);
  }

  private static long pointersOnceOthersAreFreed() throws InterruptedException {
    long before;
    long after = Pointer.totalCount();
    do {
      before = after;
      System.gc();
      Thread.sleep(SETTLED_MILLIS);
      after = Pointer.totalCount();
    } while (after < before);
    return after;
  }

  private static void openAndClose() {
    try (Arena arena = new Arena(DataType.FLOAT)) {
      INDArray whole = arena.zeros(3 * KERNELS, 2);
      for (int row = 0; row < 3 * KERNELS; row += 3) {
        arena.add(
            Views.rows(whole, row, row + 1),
            Views.rows(whole, row + 1, row + 2),
            Views.rows(whole, row + 2, row + 3));
      }
    }
  }
}
