package org.rgflow.flow.velocity;

/** What a convolution sees beyond the edge of the grid. */
public enum Padding {
  /** The opposite edge: the grid is a torus. */
  CIRCULAR,
  /** Zeros. */
  ZEROS,
  /** The grid mirrored at its edge sites, which are not repeated. */
  REFLECT,
  /** The edge site repeated. */
  REPLICATE;

  /** No site: the value there is zero. */
  static final int NOWHERE = -1;

  /** The site in {@code [0, length)} whose value stands at {@code index}, which may lie outside. */
  int source(int index, int length) {
    if (index >= 0 && index < length) {
      return index;
    }
    return switch (this) {
      case CIRCULAR -> Math.floorMod(index, length);
      case ZEROS -> NOWHERE;
      case REPLICATE -> Math.min(Math.max(index, 0), length - 1);
      case REFLECT -> {
        if (length == 1) {
          yield 0;
        }
        int period = 2 * (length - 1);
        int phase = Math.floorMod(index, period);
        yield Math.min(phase, period - phase);
      }
    };
  }

  /**
   * Whether the transposed convolution is again a convolution with this padding (and the kernel
   * flipped); otherwise it is one with zeros, whose halo is then added back to its sources.
   */
  boolean isSelfAdjoint() {
    return this == CIRCULAR || this == ZEROS;
  }
}
