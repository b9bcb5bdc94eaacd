package org.rgflow.flow.energy;

import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The lattice phi^4 theory with periodic boundaries, real with one channel, complex with two:
 *
 * <pre>
 *   E = sum over sites of m^2 |phi|^2 + lambda |phi|^4 + sum over axes of |phi(x + mu) - phi(x)|^2
 * </pre>
 *
 * <p>Without lambda it is free, and log Z = channels/2 sum_k log(pi / (m^2 + sum_mu 4
 * sin^2(k_mu/2))) over the lattice's momenta k_mu = 2 pi n/L_mu.
 */
public final class Phi4Energy implements Energy {
  private static final long serialVersionUID = 1L;

  private final Lattice lattice;
  private final double massSquared;
  private final double coupling;
  private final int[][] next;

  /**
   * The theory on a lattice with as many channels as the field has components.
   *
   * @param massSquared m^2, which may be negative where there is a coupling
   * @param coupling lambda
   */
  public Phi4Energy(Lattice lattice, double massSquared, double coupling) {
    if (!(coupling > 0) && !(coupling == 0 && massSquared > 0)) {
      throw new IllegalArgumentException(
          "energy.coupling must be positive, or 0 with energy.massSquared positive, was "
              + coupling
              + " with "
              + massSquared);
    }
    this.lattice = lattice;
    this.massSquared = massSquared;
    this.coupling = coupling;
    this.next =
        IntStream.range(0, lattice.shape().length).mapToObj(lattice::next).toArray(int[][]::new);
  }

  /** Of settings {@code lattice}, {@code channels}, {@code massSquared} and {@code coupling}. */
  public Phi4Energy(EnergySettings settings) {
    this(settings.lattice(), settings.number("massSquared"), settings.number("coupling"));
  }

  @Override
  public Lattice lattice() {
    return lattice;
  }

  @Override
  public double value(double[] x, double[] gradient) {
    int sites = lattice.sites();
    double energy = 0;
    for (int site = 0; site < sites; site++) {
      double square = 0;
      for (int i = site; i < x.length; i += sites) {
        square += x[i] * x[i];
      }
      energy += massSquared * square + coupling * square * square;
      double slope = 2 * massSquared + 4 * coupling * square;
      for (int i = site; i < x.length; i += sites) {
        gradient[i] = slope * x[i];
      }
    }
    for (int from = 0; from < x.length; from += sites) {
      for (int[] neighbour : next) {
        for (int site = 0; site < sites; site++) {
          double difference = x[from + neighbour[site]] - x[from + site];
          energy += difference * difference;
          gradient[from + neighbour[site]] += 2 * difference;
          gradient[from + site] -= 2 * difference;
        }
      }
    }
    return energy;
  }

  @Override
  public OptionalDouble logPartition() {
    if (coupling != 0) {
      return OptionalDouble.empty();
    }
    double sum = 0;
    for (int momentum = 0; momentum < lattice.sites(); momentum++) {
      sum += Math.log(Math.PI / (massSquared + latticeMomentumSquared(momentum)));
    }
    return OptionalDouble.of(0.5 * lattice.channels() * sum);
  }

  /** sum over axes of 4 sin^2(pi n/L), n the digits of a number. */
  private double latticeMomentumSquared(int number) {
    double sum = 0;
    int rest = number;
    for (int length : lattice.shape()) {
      double half = Math.sin(Math.PI * (rest % length) / length);
      sum += 4 * half * half;
      rest /= length;
    }
    return sum;
  }
}
