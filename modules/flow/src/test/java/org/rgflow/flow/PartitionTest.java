package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PartitionTest {
  static Stream<Arguments> grids() {
    return Stream.of(
            new int[] {1},
            new int[] {2},
            new int[] {5},
            new int[] {8},
            new int[] {5, 5},
            new int[] {7, 4},
            new int[] {1, 6},
            new int[] {4, 3, 5},
            new int[] {2, 2, 1})
        .flatMap(grid -> Stream.of(2, 3, 4).map(stride -> Arguments.of(grid, stride)));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void coarseSitesAreThoseTheDefinitionNames(int[] grid, int stride) {
    Partition partition = new Partition(grid, stride);
    List<Integer> coarse = new ArrayList<>();
    List<Integer> residual = new ArrayList<>();
    int site = 0;
    for (int[] index : indices(grid)) {
      boolean isCoarse = Arrays.stream(index).allMatch(i -> i % stride == stride / 2);
      (isCoarse ? coarse : residual).add(site++);
    }

    assertThat(partition.coarse()).containsExactly(toArray(coarse));
    assertThat(partition.residual()).containsExactly(toArray(residual));
    assertThat(partition.sites()).isEqualTo(site);
    assertThat(partition.hasCoarse()).isEqualTo(!coarse.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("grids")
  void theNextGridCountsCoarseIndicesPerAxis(int[] grid, int stride) {
    int[] expected =
        Arrays.stream(grid)
            .map(n -> (int) IntStream.range(0, n).filter(i -> i % stride == stride / 2).count())
            .toArray();

    assertThat(new Partition(grid, stride).coarseShape()).containsExactly(expected);
  }

  @ParameterizedTest
  @MethodSource("grids")
  void theMaskIsOneAtCoarseSitesOnly(int[] grid, int stride) {
    Partition partition = new Partition(grid, stride);
    double[] expected = new double[partition.sites()];
    for (int site : partition.coarse()) {
      expected[site] = 1;
    }

    assertThat(partition.mask()).containsExactly(expected);
  }

  @Test
  void levelsGoOnWhileTheGridHasAnySite() {
    assertThat(sizes(SmallModel.on(28, 28).config())).containsExactly(28, 14, 7, 3, 1);
    assertThat(sizes(SmallModel.on(8, 8).config())).containsExactly(8, 4, 2, 1);
    assertThat(sizes(SmallModel.on(1).config())).containsExactly(1);
    assertThat(sizes(SmallModel.on(9).stride(3).config())).containsExactly(9, 3, 1);
  }

  @Test
  void residualSitesOfAllLevelsAreTheSitesOfTheImage() {
    for (int[] shape : new int[][] {{28, 28}, {5, 7}, {3, 4, 5}, {1, 9}}) {
      int sites = Arrays.stream(shape).reduce(1, Math::multiplyExact);

      assertThat(
              SmallModel.on(shape).config().levels().stream()
                  .mapToInt(level -> level.residual().length)
                  .sum())
          .isEqualTo(sites);
    }
  }

  private static List<Integer> sizes(FlowConfig config) {
    return config.levels().stream().map(level -> level.shape()[0]).toList();
  }

  private static int[] toArray(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Every index of a grid, last axis fastest. */
  private static List<int[]> indices(int[] grid) {
    List<int[]> indices = List.of(new int[0]);
    for (int length : grid) {
      List<int[]> next = new ArrayList<>();
      for (int[] index : indices) {
        for (int i = 0; i < length; i++) {
          int[] longer = Arrays.copyOf(index, index.length + 1);
          longer[index.length] = i;
          next.add(longer);
        }
      }
      indices = next;
    }
    return indices;
  }
}
