package org.rgflow.flow.velocity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Views;

class HaloTest {
  @ParameterizedTest
  @CsvSource({
    "CIRCULAR,  4, '2 3 | 0 1 2 3 | 0 1'",
    "CIRCULAR,  1, '0 0 | 0 | 0 0'",
    "CIRCULAR,  2, '0 1 | 0 1 | 0 1'",
    "ZEROS,     4, '-1 -1 | 0 1 2 3 | -1 -1'",
    "ZEROS,     1, '-1 -1 | 0 | -1 -1'",
    "REFLECT,   4, '2 1 | 0 1 2 3 | 2 1'",
    "REFLECT,   3, '2 1 | 0 1 2 | 1 0'",
    "REFLECT,   2, '0 1 | 0 1 | 0 1'",
    "REFLECT,   1, '0 0 | 0 | 0 0'",
    "REPLICATE, 4, '0 0 | 0 1 2 3 | 3 3'",
    "REPLICATE, 1, '0 0 | 0 | 0 0'"
  })
  void thePaddingSaysWhichSiteStandsWhere(Padding padding, int length, String sources) {
    int[] expected =
        Arrays.stream(sources.replace("|", "").trim().split(" +"))
            .mapToInt(Integer::parseInt)
            .toArray();

    for (int i = 0; i < expected.length; i++) {
      assertThat(padding.source(i - 2, length)).isEqualTo(expected[i]);
    }
  }

  static Stream<Arguments> bodies() {
    return Stream.of(Padding.values())
        .flatMap(
            padding ->
                Stream.of(
                        new int[] {1},
                        new int[] {2},
                        new int[] {5},
                        new int[] {1, 2},
                        new int[] {3, 4},
                        new int[] {2, 1, 3})
                    .flatMap(
                        lengths ->
                            Stream.of(0, 1, 2)
                                .flatMap(
                                    reach ->
                                        Stream.of(
                                            Arguments.of(false, padding, lengths, reach),
                                            Arguments.of(true, padding, lengths, reach)))));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void fillSetsEveryCellToItsSource(boolean features, Padding padding, int[] lengths, int reach) {
    try (Arena arena = new Arena(DataType.DOUBLE)) {
      Body body = new Body(arena, features, padding, lengths, reach);
      double[] before = body.random(1);
      body.set(before);

      body.halo.fill();

      double[] after = body.get();
      for (int cell = 0; cell < after.length; cell++) {
        int source = body.source(cell);
        assertThat(after[cell]).isEqualTo(source < 0 ? 0 : before[source]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void foldIsTheTransposeOfFill(boolean features, Padding padding, int[] lengths, int reach) {
    try (Arena arena = new Arena(DataType.DOUBLE)) {
      Body body = new Body(arena, features, padding, lengths, reach);
      double[] x = body.sitesOnly(body.random(2));
      double[] y = body.random(3);
      body.set(x);
      body.halo.fill();
      double[] filled = body.get();
      body.set(y);

      body.halo.fold();

      double[] folded = body.get();
      assertThat(body.sitesOnly(folded)).containsExactly(folded);
      assertThat(dot(x, folded)).isCloseTo(dot(filled, y), within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void clearLeavesTheSitesAlone(boolean features, Padding padding, int[] lengths, int reach) {
    try (Arena arena = new Arena(DataType.DOUBLE)) {
      Body body = new Body(arena, features, padding, lengths, reach);
      double[] x = body.random(4);
      body.set(x);

      body.halo.clear();

      assertThat(body.get()).containsExactly(body.sitesOnly(x));
      assertThat(body.whole.sumNumber().doubleValue())
          .as("guards stay zero")
          .isCloseTo(Arrays.stream(body.sitesOnly(x)).sum(), within(1e-12));
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Two planes, or features, of two examples, their cells numbered plane by plane, row-major. */
  private static final class Body {
    private final Padding padding;
    private final int[] lengths;
    private final int reach;
    private final INDArray whole;
    private final INDArray array;
    private final Halo halo;

    Body(Arena arena, boolean features, Padding padding, int[] lengths, int reach) {
      this.padding = padding;
      this.lengths = lengths;
      this.reach = reach;
      PaddedGrid grid = new PaddedGrid(arena, 2, lengths, 2 * reach + 1, padding);
      this.whole = features ? grid.features(2) : grid.planes(2);
      this.array = cells(grid, features);
      this.halo = features ? grid.haloOfFeatures(whole) : grid.haloOfPlanes(whole);
    }

    /** (channels, batch * cells), the guards left out. */
    private INDArray cells(PaddedGrid grid, boolean features) {
      if (features) {
        return grid.shiftedRows(whole, 0).transpose();
      }
      long guard = grid.offset(grid.taps() - 1);
      return Views.columns(whole, guard, guard + grid.examples(whole, 0).length());
    }

    double[] random(long seed) {
      return new Random(seed).doubles(array.length()).toArray();
    }

    void set(double[] values) {
      array.assign(HostValues.toArray(values, DataType.DOUBLE, array.shape()));
    }

    double[] get() {
      return HostValues.of(array);
    }

    /** The cell whose value belongs in a cell, or -1 for zero. */
    int source(int cell) {
      int source = 0;
      int factor = 1;
      int rest = cell;
      for (int a = lengths.length - 1; a >= 0; a--) {
        int extent = lengths[a] + 2 * reach;
        int site = padding.source(rest % extent - reach, lengths[a]);
        if (site == Padding.NOWHERE) {
          return -1;
        }
        source += factor * (site + reach);
        factor *= extent;
        rest /= extent;
      }
      return source + factor * rest;
    }

    private boolean isSite(int cell) {
      int rest = cell;
      for (int a = lengths.length - 1; a >= 0; a--) {
        int extent = lengths[a] + 2 * reach;
        int index = rest % extent - reach;
        if (index < 0 || index >= lengths[a]) {
          return false;
        }
        rest /= extent;
      }
      return true;
    }

    double[] sitesOnly(double[] values) {
      double[] sites = new double[values.length];
      Arrays.setAll(sites, cell -> isSite(cell) ? values[cell] : 0);
      return sites;
    }
  }
}
