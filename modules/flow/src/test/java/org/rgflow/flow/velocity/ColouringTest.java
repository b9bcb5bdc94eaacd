package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ColouringTest {
  static Stream<Arguments> grids() {
    return Stream.of(
            new int[] {1},
            new int[] {5},
            new int[] {9},
            new int[] {12},
            new int[] {4, 7},
            new int[] {6, 6},
            new int[] {1, 5},
            new int[] {3, 4, 5})
        .flatMap(
            grid ->
                IntStream.of(1, 2, 3, 4, 7)
                    .boxed()
                    .flatMap(
                        spacing ->
                            Stream.of(true, false)
                                .map(torus -> Arguments.of(grid, spacing, torus))));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void sitesOfOneClassAreFarApartOnSomeAxis(int[] grid, int spacing, boolean torus) {
    Colouring colouring = new Colouring(grid, spacing, torus);

    for (int k = 0; k < colouring.classes(); k++) {
      double[] indicator = colouring.indicator(k);
      int[] members = IntStream.range(0, indicator.length).filter(i -> indicator[i] == 1).toArray();
      for (int first : members) {
        for (int second : members) {
          assertThat(first == second || farApart(first, second, grid, spacing, torus)).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("grids")
  void everySiteIsInExactlyOneClass(int[] grid, int spacing, boolean torus) {
    Colouring colouring = new Colouring(grid, spacing, torus);
    double[] count = new double[Arrays.stream(grid).reduce(1, Math::multiplyExact)];

    for (int k = 0; k < colouring.classes(); k++) {
      double[] indicator = colouring.indicator(k);
      Arrays.setAll(count, i -> count[i] + indicator[i]);
    }

    assertThat(count).containsOnly(1);
  }

  private static boolean farApart(int first, int second, int[] grid, int spacing, boolean torus) {
    for (int a = grid.length - 1; a >= 0; a--) {
      int distance = Math.abs(first % grid[a] - second % grid[a]);
      int around = torus ? Math.min(distance, grid[a] - distance) : distance;
      if (around >= spacing) {
        return true;
      }
      first /= grid[a];
      second /= grid[a];
    }
    return false;
  }

  /** ceil(L / floor(L / d)), or L where not even two sites fit. */
  @ParameterizedTest
  @CsvSource({"28, 4, 4", "14, 4, 5", "7, 4, 7", "3, 4, 3", "1, 4, 1", "8, 7, 8", "9, 2, 3"})
  void aTorusTakesAsManyColoursAsTheFormulaSays(int length, int spacing, int colours) {
    assertThat(new Colouring(new int[] {length}, spacing, true).classes()).isEqualTo(colours);
  }

  @Test
  void withoutATorusTheSpacingIsTheNumberOfColours() {
    assertThat(new Colouring(new int[] {14, 14}, 4, false).classes()).isEqualTo(16);
  }

  @Test
  void axesShorterThanTheSpacingTakeNoMoreColoursThanSites() {
    assertThat(new Colouring(new int[] {3, 2}, 4, false).classes()).isEqualTo(6);
  }
}
