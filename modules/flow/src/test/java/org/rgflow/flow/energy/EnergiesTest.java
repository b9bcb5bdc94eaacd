package org.rgflow.flow.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnergiesTest {
  private static final Map<String, String> TEXTS =
      Map.of(
          "lattice", "[4, 4]",
          "channels", "1",
          "mean", "1",
          "deviation", "0.5",
          "modes", "6",
          "radius", "2",
          "massSquared", "-4",
          "coupling", "6.975",
          "temperature", "2.5");

  private static Energy of(String name, String... changes) {
    Map<String, String> texts = new HashMap<>(TEXTS);
    for (int i = 0; i < changes.length; i += 2) {
      texts.put(changes[i], changes[i + 1]);
    }
    return Energies.of(name, new EnergySettings(texts));
  }

  /** With a setting of its own. */
  public static final class Quartic implements Energy {
    private static final long serialVersionUID = 1L;
    private final double strength;

    public Quartic(EnergySettings settings) {
      strength = settings.number("strength");
    }

    @Override
    public Lattice lattice() {
      return new Lattice(1, 2);
    }

    @Override
    public double value(double[] x, double[] gradient) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += strength * Math.pow(x[i], 4);
        gradient[i] = 4 * strength * Math.pow(x[i], 3);
      }
      return sum;
    }
  }

  /** The gradient of its second value is not written. */
  public static final class Forgetful implements Energy {
    private static final long serialVersionUID = 1L;

    @Override
    public Lattice lattice() {
      return new Lattice(1, 2);
    }

    @Override
    public double value(double[] x, double[] gradient) {
      gradient[0] = 2 * x[0];
      return x[0] * x[0] + x[1] * x[1];
    }
  }

  /** Twice the gradient, and not finite below 0. */
  private record Wrong(boolean isFinite) implements Energy {
    @Override
    public Lattice lattice() {
      return new Lattice(1, 1);
    }

    @Override
    public double value(double[] x, double[] gradient) {
      gradient[0] = 4 * x[0];
      return isFinite ? x[0] * x[0] : Double.NaN;
    }
  }

  /** Not for others to make. */
  public static final class Closed implements Energy {
    private static final long serialVersionUID = 1L;

    Closed(int ignored) {}

    @Override
    public Lattice lattice() {
      return new Lattice(1, 1);
    }

    @Override
    public double value(double[] x, double[] gradient) {
      return 0;
    }
  }

  @Test
  void everyNameMakesItsEnergyOfTheLatticeAskedFor() {
    assertThat(of("gaussian")).isEqualTo(new GaussianEnergy(new Lattice(1, 4, 4), 1, 0.5));
    assertThat(of("mixture")).isEqualTo(new MixtureEnergy(new Lattice(1, 4, 4), 2, 0.5));
    assertThat(of("ring")).isEqualTo(new RingEnergy(new Lattice(2, 4, 4), 6, 2, 0.5));
    assertThat(of("phi4", "channels", "2").lattice()).hasToString("2x4x4");
    assertThat(of("ising", "lattice", "16").lattice()).hasToString("1x16x16");
    assertThat(of("ising", "lattice", "3,5").lattice()).hasToString("1x3x5");
    assertThat(Energies.NAMES).allSatisfy(name -> assertThat(of(name)).isNotNull());
  }

  @Test
  void aUsersClassIsMadeFromItsSettings() {
    Energy energy = of(Quartic.class.getName(), "strength", "0.25");
    assertThat(energy.value(new double[] {1, 2}, new double[2])).isEqualTo(4.25);
    new EnergyCheck("quartic", energy).requireGradient();
  }

  @Test
  void aWrongGradientIsOneLineWithBothNumbers() {
    assertThatThrownBy(() -> new EnergyCheck("wrong", new Wrong(true)).requireGradient())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "energy.name wrong: its gradient of value 0 is \\S+ and by finite differences \\S+ at"
                + " x\\[0] = \\S+");
    assertThatThrownBy(() -> new EnergyCheck("wrong", new Wrong(false)).requireGradient())
        .hasMessage("energy.name wrong: E is NaN at a normal x of deviation 0.3; allowed: finite");
    Energy forgetful = of(Forgetful.class.getName());
    assertThatThrownBy(() -> new EnergyCheck("forgetful", forgetful).requireGradient())
        .hasMessageContaining("its gradient of value 1 is NaN");
  }

  @Test
  void whatCannotBeMadeNamesItsKey() {
    assertThatThrownBy(() -> of("isnig"))
        .hasMessage(
            "energy.name must be one of gaussian, mixture, ring, phi4, ising, or the full name of a"
                + " class, was isnig");
    assertThatThrownBy(() -> of("org.example.None"))
        .hasMessage(
            "energy.name org.example.None: no such class on the class path (spark-submit --jars)");
    assertThatThrownBy(() -> of("java.lang.String"))
        .hasMessage("energy.name java.lang.String: not an org.rgflow.flow.energy.Energy");
    assertThatThrownBy(() -> of(Closed.class.getName()))
        .hasMessageEndingWith(
            "must be public with a public constructor of EnergySettings, or of nothing");
    assertThatThrownBy(() -> of(Quartic.class.getName()))
        .hasMessageEndingWith("could not be made (energy.strength must be given, was none)");
    assertThatThrownBy(() -> of("ising", "lattice", "four"))
        .hasMessage("energy.lattice must be a list of integers, was four");
    assertThatThrownBy(() -> of("ising", "lattice", "2,2,2"))
        .hasMessage("energy.lattice must be one or two sizes for ising, was 2,2,2");
    assertThatThrownBy(() -> of("ising", "temperature", "2", "lattice", "65536"))
        .hasMessageStartingWith("energy.lattice must hold at most 2^24 values");
    assertThatThrownBy(() -> of("ising", "temperature", "2", "lattice", "8192,1"))
        .hasMessage("energy.lattice must have sizes in [1, 4096] for ising, was [8192, 1]");
    assertThatThrownBy(() -> of("ring", "modes", "2.5"))
        .hasMessage("energy.modes must be an integer, was 2.5");
  }
}
