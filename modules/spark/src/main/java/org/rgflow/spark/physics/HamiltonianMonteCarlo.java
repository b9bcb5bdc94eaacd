package org.rgflow.spark.physics;

import java.util.Arrays;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Pullback;

/**
 * Hamiltonian Monte Carlo of a batch of chains that walk together and do not know of each other.
 *
 * <p>A trajectory draws momenta, follows {@link Leapfrog} with a step within 10 % of the given one,
 * so that no motion is met at its period (Neal, arXiv:1206.1901), and is accepted with chance
 * min(1, exp(-rise of H)). All is keyed by seed, chain and trajectory.
 */
public final class HamiltonianMonteCarlo {
  private static final double SPREAD = 0.1;

  private final Potential potential;
  private final Leapfrog leapfrog;
  private final int leapfrogs;
  private final long seed;
  private final long[] chains;

  /**
   * Chains on a potential.
   *
   * @param leapfrogs steps of a trajectory
   * @param chains keys of the chains, one to each
   */
  public HamiltonianMonteCarlo(Potential potential, int leapfrogs, long seed, long[] chains) {
    this.potential = potential;
    this.leapfrog = new Leapfrog(potential);
    this.leapfrogs = leapfrogs;
    this.seed = seed;
    this.chains = chains.clone();
  }

  /**
   * Where trajectories led.
   *
   * @param place at their ends, or where they began for chains that stay
   * @param chances of each chain's end to be accepted
   */
  public record Transition(Place place, double[] chances) {}

  /** The place of coordinates, [chain][coordinate] in one row. */
  public Place start(double[] z) {
    return new Place(z, potential.at(z, chains.length));
  }

  /**
   * One trajectory of each chain.
   *
   * @param steps of each chain
   * @param number of the trajectory, counted from 0
   * @throws org.rgflow.flow.ode.SolveException if one leaves what can be solved
   */
  public Transition move(Place here, double[] steps, int number) {
    int size = chains.length;
    int dimensions = here.z().length / size;
    double[] momenta = new double[here.z().length];
    double[] spread = new double[size];
    double[] levels = new double[size];
    for (int n = 0; n < size; n++) {
      new KeyedNoise(seed, chains[n], KeyedNoise.Purpose.MOMENTUM, number)
          .fillGaussian(momenta, n * dimensions, dimensions);
      KeyedNoise noise = new KeyedNoise(seed, chains[n], KeyedNoise.Purpose.ACCEPTANCE, number);
      spread[n] = steps[n] * (1 + SPREAD * (2 * noise.uniform() - 1));
      levels[n] = noise.uniform();
    }
    Leapfrog.End end = leapfrog.follow(here, momenta, spread, leapfrogs);
    double[] chances =
        Arrays.stream(end.rise()).map(rise -> Math.min(1, Math.exp(-rise))).toArray();
    boolean[] accepted = new boolean[size];
    for (int n = 0; n < size; n++) {
      accepted[n] = levels[n] < chances[n];
    }
    return new Transition(chosen(here, end.place(), accepted), chances);
  }

  /** The second of two places for the chains that accept it. */
  private static Place chosen(Place first, Place second, boolean[] isSecond) {
    return new Place(
        chosen(first.z(), second.z(), isSecond),
        new Pullback(
            chosen(first.at().values(), second.at().values(), isSecond),
            chosen(first.at().energies(), second.at().energies(), isSecond),
            chosen(first.at().gradient(), second.at().gradient(), isSecond)));
  }

  private static double[] chosen(double[] first, double[] second, boolean[] isSecond) {
    int each = first.length / isSecond.length;
    double[] chosen = new double[first.length];
    Arrays.setAll(chosen, i -> isSecond[i / each] ? second[i] : first[i]);
    return chosen;
  }
}
