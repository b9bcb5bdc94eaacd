package org.rgflow.flow;

import java.util.Arrays;
import java.util.List;

/**
 * Where each level's latents are among an example's, which are (C, sites): in every channel level
 * after level, the finest first.
 *
 * @param channels C
 * @param sizes sites of each level's latents
 */
public record LatentLevels(int channels, List<Integer> sizes) {
  /** Takes the list as it is now. */
  public LatentLevels {
    sizes = List.copyOf(sizes);
  }

  /** Those of a model. */
  public static LatentLevels of(FlowConfig model) {
    return new LatentLevels(
        model.channels(), model.levels().stream().map(level -> level.residual().length).toList());
  }

  /** Number of levels. */
  public int count() {
    return sizes.size();
  }

  /** Sites of all levels. */
  public int sites() {
    return first(count());
  }

  /** Where a level's sites begin in a channel; of the number of levels, where the last end. */
  public int first(int level) {
    return sizes.subList(0, level).stream().mapToInt(Integer::intValue).sum();
  }

  /** The level of each latent of an example, (C, sites). */
  public int[] ofEach() {
    int[] levels = new int[channels * sites()];
    int at = 0;
    for (int channel = 0; channel < channels; channel++) {
      for (int level = 0; level < count(); level++) {
        Arrays.fill(levels, at, at + sizes.get(level), level);
        at += sizes.get(level);
      }
    }
    return levels;
  }
}
