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
  private final int sites;
  private final List<Level> levels;

  /**
   * @param averages null where the level decimates
   */
  private record Level(HaarStep averages, int[] residual, int[] coarse) {}

  /** With the levels of a model. */
  public StillFlow(FlowConfig model) {
    this.channels = model.channels();
    this.sites = model.dimensions() / channels;
    this.levels =
        model.levels().stream()
            .map(level -> new Level(HaarStep.of(model, level), level.residual(), level.coarse()))
            .toList();
  }

  /**
   * Writes an example's latents.
   *
   * @param x (C, *shape)
   * @param latents (C, sites) from an offset on, level after level in every channel
   */
  public void encode(double[] x, double[] latents, int offset) {
    int at = offset;
    for (int channel = 0; channel < channels; channel++) {
      double[] grid = Arrays.copyOfRange(x, channel * sites, (channel + 1) * sites);
      for (Level level : levels) {
        if (level.averages != null) {
          level.averages.apply(grid);
        }
        for (int site : level.residual) {
          latents[at++] = grid[site];
        }
        double[] values = grid;
        grid = Arrays.stream(level.coarse).mapToDouble(site -> values[site]).toArray();
      }
    }
  }
}
