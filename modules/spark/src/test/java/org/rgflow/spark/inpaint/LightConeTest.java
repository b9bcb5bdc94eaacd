package org.rgflow.spark.inpaint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rgflow.flow.LatentLevels;

class LightConeTest {
  /** Of 3 + 2 + 1 latents. */
  private static final double[] SQUARES = {4, 0, 1, 3, 0.5, 1.5};

  @Test
  void itHasTheLatentsOfTheStrongestResponseUpToTheShare() {
    assertThat(LightCone.of(SQUARES, 0.4).latents()).containsExactly(0);
    assertThat(LightCone.of(SQUARES, 0.7).latents()).containsExactly(0, 3);
    assertThat(LightCone.of(SQUARES, 0.71).latents()).containsExactly(0, 3, 5);
    assertThat(LightCone.of(SQUARES, 0.999).latents()).containsExactly(0, 2, 3, 4, 5);
  }

  @Test
  void theShareOneIsAllLatentsAlsoThoseWithoutAnyResponse() {
    assertThat(LightCone.of(SQUARES, 1).latents()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void itsLatentsAreCountedByLevel() {
    LatentLevels levels = new LatentLevels(1, List.of(3, 2, 1));
    assertThat(LightCone.of(SQUARES, 0.71).perLevel(levels)).containsExactly(1, 1, 1);
    assertThat(LightCone.of(SQUARES, 0.7).perLevel(levels)).containsExactly(1, 1, 0);
  }
}
