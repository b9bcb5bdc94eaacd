package org.rgflow.spark.train.shards;

import org.rgflow.data.Example;

/**
 * An example mirrored along its last axis, or not, and then moved: on an axis of length L site i
 * takes the values of site min(max(i - o, 0), L - 1), so that the edge is repeated where nothing
 * else comes in.
 *
 * @param isMirrored whether it is mirrored
 * @param offsets o on every axis, in sites
 */
record Displacement(boolean isMirrored, int[] offsets) {
  /** The example displaced, every channel in the same way. */
  Example of(Example example) {
    int[] sources = sources(example.shape());
    if (example.isPixels()) {
      byte[] from = example.pixels();
      byte[] to = new byte[from.length];
      for (int i = 0; i < to.length; i++) {
        int site = i % sources.length;
        to[i] = from[i - site + sources[site]];
      }
      return Example.ofPixels(example.key(), example.geometry(), to).labelled(example.label());
    }
    float[] from = example.values();
    float[] to = new float[from.length];
    for (int i = 0; i < to.length; i++) {
      int site = i % sources.length;
      to[i] = from[i - site + sources[site]];
    }
    return Example.ofValues(example.key(), example.geometry(), to).labelled(example.label());
  }

  /** For every site of a grid the site whose values it takes. */
  private int[] sources(int[] grid) {
    int[] sources = {0};
    for (int axis = 0; axis < grid.length; axis++) {
      int length = grid[axis];
      int[] before = sources;
      sources = new int[before.length * length];
      for (int i = 0; i < sources.length; i++) {
        int place = Math.min(Math.max(i % length - offsets[axis], 0), length - 1);
        boolean isReversed = isMirrored && axis == grid.length - 1;
        sources[i] = before[i / length] * length + (isReversed ? length - 1 - place : place);
      }
    }
    return sources;
  }
}
