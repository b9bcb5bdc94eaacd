package org.rgflow.spark.inpaint;

import java.util.List;
import org.rgflow.flow.LatentLevels;

/**
 * Images with their hole filled.
 *
 * @param draws image by image
 * @param levels of the latents
 */
public record Inpainted(List<Draw> draws, LatentLevels levels) {
  /**
   * A filling of one image.
   *
   * @param image its number
   * @param pixels the known ones as they were, those in the hole drawn
   * @param misfit root mean square distance of the draw from the known pixels, in units of the
   *     transformed pixels
   * @param acceptance mean chance of a trajectory to be accepted
   * @param touched latents that were drawn, by levels, the finest first
   */
  public record Draw(int image, byte[] pixels, double misfit, double acceptance, int[] touched) {}
}
