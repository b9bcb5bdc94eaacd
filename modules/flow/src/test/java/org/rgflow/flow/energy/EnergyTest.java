package org.rgflow.flow.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.rgflow.flow.SmallModel;

class EnergyTest {
  private static Phi4Energy phi4(int channels, int... shape) {
    return new Phi4Energy(new Lattice(channels, shape), -0.7, 0.4);
  }

  static Stream<Energy> energies() {
    return Stream.of(
        new GaussianEnergy(new Lattice(2, 3), 1, 1.0 / 3),
        new MixtureEnergy(new Lattice(2, 3), 0.8, 0.6),
        new RingEnergy(new Lattice(2, 2, 2), 5, 2, 0.7),
        phi4(1, 5),
        phi4(2, 4),
        phi4(1, 3, 4),
        phi4(2, 2, 3),
        phi4(1, 2, 3, 4),
        phi4(2, 3, 1, 2),
        new IsingEnergy(4, 4, IsingEnergy.criticalTemperature()),
        new IsingEnergy(3, 5, 1.7),
        new IsingEnergy(1, 2, 3));
  }

  /** Central differences of fourth order err by some 1e-11 of rounding, and by less of h^4 / 30. */
  @ParameterizedTest
  @MethodSource("energies")
  void theGradientIsThatOfFiniteDifferences(Energy energy) {
    int dimensions = energy.lattice().dimensions();
    double[] x = SmallModel.normal(dimensions, 5);
    double[] gradient = new double[dimensions];
    Arrays.fill(gradient, Double.NaN);
    energy.value(x, gradient);
    double h = 1e-3;
    for (int i = 0; i < dimensions; i++) {
      double slope =
          (8 * (at(energy, x, i, h) - at(energy, x, i, -h))
                  - at(energy, x, i, 2 * h)
                  + at(energy, x, i, -2 * h))
              / (12 * h);
      assertThat(gradient[i]).as("value %d", i).isCloseTo(slope, within(1e-9));
    }
    new EnergyCheck("it", energy).requireGradient();
  }

  private static double at(Energy energy, double[] x, int i, double by) {
    double[] moved = x.clone();
    moved[i] += by;
    return energy.value(moved, new double[x.length]);
  }

  /**
   * Energies of up to four values with most of the density within the range: all but 1e-9. The
   * trapezoidal rule errs by some exp(-2 pi^2 s^2 / step^2), with s the density's least deviation.
   */
  static Stream<Arguments> integrable() {
    return Stream.of(
        Arguments.of(new GaussianEnergy(new Lattice(1, 2), 1, 1.0 / 3), 6, 0.05),
        Arguments.of(new MixtureEnergy(new Lattice(1, 2), 0.8, 0.6), 8, 0.1),
        Arguments.of(new RingEnergy(new Lattice(2, 1), 5, 2, 0.7), 9, 0.1),
        Arguments.of(new Phi4Energy(new Lattice(2, 1), 0.8, 0), 8, 0.1),
        Arguments.of(new Phi4Energy(new Lattice(1, 2), 0.8, 0), 8, 0.1),
        Arguments.of(new Phi4Energy(new Lattice(1, 2, 2), 0.8, 0), 4, 0.25),
        Arguments.of(new IsingEnergy(1, 2, 2.5), 12, 0.05),
        Arguments.of(new IsingEnergy(2, 2, 6), 7, 0.3));
  }

  @ParameterizedTest
  @MethodSource("integrable")
  void theStatedPartitionFunctionIsTheIntegral(Energy energy, double range, double step) {
    double[] x = new double[energy.lattice().dimensions()];
    double sum = integral(energy, x, 0, range, step);
    assertThat(energy.logPartition().orElseThrow()).isCloseTo(Math.log(sum), within(1e-7));
  }

  private static double integral(Energy energy, double[] x, int axis, double range, double step) {
    if (axis == x.length) {
      return Math.exp(-energy.value(x, new double[x.length]));
    }
    int points = (int) Math.round(range / step);
    double sum = 0;
    for (int i = -points; i <= points; i++) {
      x[axis] = i * step;
      sum += integral(energy, x, axis + 1, range, step);
    }
    return sum * step;
  }

  @Test
  void phi4SumsSitesAndBonds() {
    double[] x = {1, 2, -1, 0.5, 3, 0};
    // 2 x 3 sites: bonds down twice, as two rows meet on both sides
    double squares = 1 + 4 + 1 + 0.25 + 9;
    double fourths = 1 + 16 + 1 + 0.0625 + 81;
    double down = 2 * (0.25 + 1 + 1);
    double along = 1 + 9 + 4 + 6.25 + 9 + 0.25;
    double expected = -0.7 * squares + 0.4 * fourths + down + along;
    assertThat(phi4(1, 2, 3).value(x, new double[6])).isCloseTo(expected, within(1e-12));
  }

  @Test
  void aComplexFieldDoesNotDependOnItsGlobalPhase() {
    Phi4Energy energy = phi4(2, 3, 3);
    double[] x = SmallModel.normal(18, 6);
    double[] turned = new double[18];
    for (int i = 0; i < 9; i++) {
      turned[i] = Math.cos(0.7) * x[i] - Math.sin(0.7) * x[9 + i];
      turned[9 + i] = Math.sin(0.7) * x[i] + Math.cos(0.7) * x[9 + i];
    }
    assertThat(energy.value(turned, new double[18]))
        .isCloseTo(energy.value(x, new double[18]), within(1e-11));
  }

  @Test
  void anInteractingFieldsPartitionFunctionIsNotKnown() {
    assertThat(phi4(1, 2, 3).logPartition()).isEqualTo(OptionalDouble.empty());
  }

  @Test
  void valuesThatAreNotAllowedNameTheirKeys() {
    Lattice site = new Lattice(1, 1);
    assertThatThrownBy(() -> new GaussianEnergy(site, 0, 0))
        .hasMessage("energy.deviation must be positive, was 0.0");
    assertThatThrownBy(() -> new RingEnergy(site, 3, 1, 1))
        .hasMessage("energy.channels must be 2 for ring, was 1");
    assertThatThrownBy(() -> new Phi4Energy(site, -1, 0))
        .hasMessage(
            "energy.coupling must be positive, or 0 with energy.massSquared positive, was 0.0 with"
                + " -1.0");
    assertThatThrownBy(() -> new IsingEnergy(2, 2, -1))
        .hasMessage("energy.temperature must be positive, was -1.0");
    assertThatThrownBy(() -> new Lattice(1, 2, 2, 2, 2))
        .hasMessage("energy.lattice must have 1 to 3 axes, was [2, 2, 2, 2]");
    assertThatThrownBy(() -> new Lattice(1, 0))
        .hasMessage("energy.lattice must have sizes in [1, 65536], was [0]");
    assertThatThrownBy(() -> new Lattice(0, 1))
        .hasMessage("energy.channels must be in [1, 1024], was 0");
    assertThatThrownBy(() -> new Lattice(1, 65_536, 65_536))
        .hasMessage("energy.lattice must hold at most 2^24 values, was [65536, 65536] of 1");
  }
}
