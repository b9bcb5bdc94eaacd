package org.rgflow.flow.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsingPartitionTest {
  /** Over all 2^(rows columns) spins; every site has a bond down and one to the right. */
  private static double logSum(int rows, int columns, double temperature) {
    int sites = rows * columns;
    double most = 2.0 * sites / temperature;
    double sum = 0;
    for (int spins = 0; spins < 1 << sites; spins++) {
      int bonds = 0;
      for (int site = 0; site < sites; site++) {
        int row = site / columns;
        int down = (row + 1) % rows * columns + site % columns;
        int right = row * columns + (site + 1) % columns;
        bonds += product(spins, site, down) + product(spins, site, right);
      }
      sum += Math.exp(bonds / temperature - most);
    }
    return most + Math.log(sum);
  }

  private static int product(int spins, int i, int j) {
    return (spins >> i & 1) == (spins >> j & 1) ? 1 : -1;
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 0.5",
    "2, 2, 2.269185314213022",
    "2, 2, 7",
    "4, 4, 0.5",
    "4, 4, 1.5",
    "4, 4, 2.269185314213022",
    "4, 4, 2.5",
    "4, 4, 20",
    "3, 3, 2",
    "3, 5, 2.4",
    "5, 3, 2.4",
    "1, 4, 1.3",
    "4, 1, 1.3",
    "2, 4, 3"
  })
  void equalsTheSumOverAllSpins(int rows, int columns, double temperature) {
    assertThat(IsingPartition.log(rows, columns, temperature))
        .isCloseTo(logSum(rows, columns, temperature), within(1e-11));
  }

  /** Numbers of an independent implementation. */
  @ParameterizedTest
  @CsvSource({
    "4, 15.521915458755, 37.376731689944",
    "8, 60.141780789069, 148.655016280991",
    "16, 238.642256635133, 592.875739857582",
    "32, 952.648079548543, 2369.587091125261"
  })
  void isTheTablesAtTheCriticalTemperature(int side, double ofSpins, double ofDual) {
    double temperature = IsingEnergy.criticalTemperature();
    assertThat(IsingPartition.log(side, side, temperature)).isCloseTo(ofSpins, within(1e-9));
    assertThat(new IsingEnergy(side, side, temperature).logPartition().orElseThrow())
        .isCloseTo(ofDual, within(1e-9));
  }

  @Test
  void neitherColdNorHotOverflows() {
    // two ordered states of 2 x 64 x 64 bonds, and 2^N disordered ones
    assertThat(IsingPartition.log(64, 64, 0.05))
        .isCloseTo(2 * 64 * 64 / 0.05 + Math.log(2), within(1e-9));
    assertThat(IsingPartition.log(64, 64, 1e6)).isCloseTo(64 * 64 * Math.log(2), within(1e-7));
  }
}
