package org.rgflow.flow;

import java.util.Arrays;
import java.util.List;

/**
 * The flow whose velocity is 0: an example's latents are its own values, coarsened level by level.
 *
 * <p>It is linear and orthogonal, so independent standard normal values stay such.
 */
public final class StillFlow {
  private final int channels;
  private final List<Partition> levels;
  private final List<HaarStep> averages;

  /** With the levels of a model. */
  public StillFlow(FlowConfig model) {
    this.channels = model.channels();
    this.levels = model.levels();
    this.averages = levels.stream().map(level -> HaarStep.of(model, level)).toList();
  }

  /**
   * Writes an example's latents.
   *
   * @param x (C, *shape)
   * @param latents (C, sites) from an offset on, level after level in every channel
   */
  public void encode(double[] x, double[] latents, int offset) {
    int sites = levels.get(0).sites();
    int at = offset;
    for (int channel = 0; channel < channels; channel++) {
      double[] grid = Arrays.copyOfRange(x, channel * sites, (channel + 1) * sites);
      for (int l = 0; l < levels.size(); l++) {
        if (averages.get(l) != null) {
          averages.get(l).apply(grid);
        }
        for (int site : levels.get(l).residual()) {
          latents[at++] = grid[site];
        }
        double[] values = grid;
        grid = Arrays.stream(levels.get(l).coarse()).mapToDouble(site -> values[site]).toArray();
      }
    }
  }
}
