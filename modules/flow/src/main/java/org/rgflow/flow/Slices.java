package org.rgflow.flow;

/**
 * How a batch is cut into slices of equal size, or of two sizes that differ by one.
 *
 * @param batch examples
 * @param count slices, in [1, batch]
 */
public record Slices(int batch, int count) {
  /** Numbers in one layer's features of a slice: about a mebibyte of them, a core's share. */
  private static final long CACHED_VALUES = 1 << 18;

  /** Slices of which the features of a layer stay in the cache. */
  static Slices thatStayInCache(FlowConfig config, Partition partition, int batch) {
    long values = batch * (long) config.channels();
    for (int hidden : config.hidden()) {
      values = Math.max(values, (long) batch * hidden);
    }
    for (int length : partition.shape()) {
      values *= length + config.kernel() - 1;
    }
    return new Slices(batch, (int) Math.min(batch, -Math.floorDiv(-values, CACHED_VALUES)));
  }

  /** As many slices or more, such that each lies within one of so many groups. */
  Slices within(int groups) {
    int perGroup = -Math.floorDiv(-count, groups);
    return new Slices(batch, Math.min(batch, perGroup * groups));
  }

  /** First example of a slice. */
  public int first(int slice) {
    return (int) ((long) batch * slice / count);
  }

  /** Examples of a slice. */
  public int size(int slice) {
    return first(slice + 1) - first(slice);
  }

  /** The slice that an example lies in. */
  public int of(int example) {
    return (int) (((example + 1L) * count - 1) / batch);
  }
}
