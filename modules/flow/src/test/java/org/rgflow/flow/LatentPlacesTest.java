package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.rgflow.flow.velocity.Padding;

class LatentPlacesTest {
  @Test
  void everyLatentStandsAtTheSiteThatItsLevelKeeps() {
    LatentPlaces places = new LatentPlaces(SmallModel.on(4).config());
    // of 0 1 2 3 the sites 1 and 3 go on, of these 3, of which nothing is kept back
    assertThat(places.count()).isEqualTo(4);
    assertThat(place(places, 0)).isEqualTo("0 [0]");
    assertThat(place(places, 1)).isEqualTo("0 [2]");
    assertThat(place(places, 2)).isEqualTo("1 [1]");
    assertThat(place(places, 3)).isEqualTo("2 [3]");
  }

  @Test
  void channelsStandAtTheSamePlaces() {
    LatentPlaces places = new LatentPlaces(SmallModel.on(4, 3).channels(2).config());
    for (int i = 0; i < 12; i++) {
      assertThat(place(places, 12 + i)).isEqualTo(place(places, i));
      assertThat(places.distance(i, 12 + i)).isZero();
    }
  }

  @Test
  void allLatentsOfAChannelStandAtDifferentSites() {
    LatentPlaces places = new LatentPlaces(SmallModel.on(6, 5).config());
    assertThat(
            java.util.stream.IntStream.range(0, 30)
                .mapToObj(i -> Arrays.toString(places.place(i)))
                .distinct())
        .hasSize(30);
  }

  @Test
  void onATorusTheShortestWayCounts() {
    LatentPlaces torus = new LatentPlaces(SmallModel.on(8).config());
    LatentPlaces line = new LatentPlaces(SmallModel.on(8).padding(Padding.ZEROS).config());
    assertThat(torus.place(0)).containsExactly(0);
    assertThat(torus.place(3)).containsExactly(6);
    assertThat(torus.distance(0, 3)).isEqualTo(2);
    assertThat(line.distance(0, 3)).isEqualTo(6);
  }

  @Test
  void theMiddleOfALevelIsItsLatentNearestToTheMiddleOfTheData() {
    FlowConfig config = SmallModel.on(8, 8).config();
    LatentPlaces places = new LatentPlaces(config);
    LatentLevels levels = LatentLevels.of(config);
    // 16 sites go on from the first level, 4 from the second: (3, 3) and so on, then (7, 7)
    int finest = places.middle(0);
    assertThat(places.level(finest)).isZero();
    assertThat(places.place(finest)).containsAnyOf(3, 4);
    for (int level = 0; level < levels.count(); level++) {
      int middle = levels.first(level) + places.middle(level);
      assertThat(places.level(middle)).isEqualTo(level);
      for (int latent = 0; latent < 64; latent++) {
        if (places.level(latent) == level) {
          assertThat(fromMiddle(places.place(middle)))
              .isLessThanOrEqualTo(fromMiddle(places.place(latent)));
        }
      }
    }
  }

  private static double fromMiddle(int[] place) {
    return Math.hypot(place[0] - 3.5, place[1] - 3.5);
  }

  private static String place(LatentPlaces places, int latent) {
    return places.level(latent) + " " + Arrays.toString(places.place(latent));
  }
}
