package org.rgflow.spark.physics;

import java.util.Arrays;
import org.rgflow.data.DataException;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Flow;
import org.rgflow.flow.Pullback;
import org.rgflow.flow.ode.SolveException;

/**
 * Chains of Hamiltonian Monte Carlo in the space of latents, on U(z) = E(x(z)) - log |det dx/dz|:
 * the better the model, the closer to a standard normal is what they walk on (Hoffman et al.,
 * arXiv:1903.03704).
 *
 * <p>Chain c starts from draw c of the base. A trajectory draws momenta, follows {@link Leapfrog}
 * with a step within 10 % of the given one, so that no motion is met at its period (Neal,
 * arXiv:1206.1901), and is accepted with chance min(1, exp(-rise of H)). All is keyed by seed,
 * chain and trajectory. A batch of chains walks together, in float32.
 */
public final class LatentChains implements LatentBatches {
  private static final long serialVersionUID = 1L;

  private static final double SPREAD = 0.1;

  private final LatentDraws starts;
  private final HmcConfig config;

  /** Chains that start from draws. */
  public LatentChains(LatentDraws starts, HmcConfig config) {
    this.starts = starts;
    this.config = config;
  }

  @Override
  public int batches(int chains) {
    return starts.batches(chains);
  }

  /** E after each recorded trajectory of each chain, then each one's chance to be accepted. */
  @Override
  public double[][] evaluate(double[] parameters, int... batches) {
    int size = starts.size();
    double[][] found = new double[2 * config.trajectories()][size * batches.length];
    try (Flow flow = starts.open(parameters)) {
      Leapfrog leapfrog = new Leapfrog(flow, starts.target());
      for (int i = 0; i < batches.length; i++) {
        walk(leapfrog, batches[i], found, i * size);
      }
    }
    return found;
  }

  private void walk(Leapfrog leapfrog, int batch, double[][] found, int at) {
    int size = starts.size();
    Leapfrog.Place here = leapfrog.place(starts.latents(batch), size);
    for (int t = 0; t < config.warmUp() + config.trajectories(); t++) {
      double[] momenta = new double[here.z().length];
      double[] steps = new double[size];
      double[] levels = new double[size];
      for (int n = 0; n < size; n++) {
        long chain = (long) batch * size + n;
        int dimensions = momenta.length / size;
        new KeyedNoise(starts.seed(), chain, KeyedNoise.Purpose.MOMENTUM, t)
            .fillGaussian(momenta, n * dimensions, dimensions);
        KeyedNoise noise = new KeyedNoise(starts.seed(), chain, KeyedNoise.Purpose.ACCEPTANCE, t);
        steps[n] = config.step() * (1 + SPREAD * (2 * noise.uniform() - 1));
        levels[n] = noise.uniform();
      }
      Leapfrog.End end = follow(leapfrog, here, momenta, steps);
      double[] chances =
          Arrays.stream(end.rise()).map(rise -> Math.min(1, Math.exp(-rise))).toArray();
      boolean[] accepted = new boolean[size];
      for (int n = 0; n < size; n++) {
        accepted[n] = levels[n] < chances[n];
      }
      here = chosen(here, end.place(), accepted);
      int row = t - config.warmUp();
      if (row >= 0) {
        System.arraycopy(here.at().energies(), 0, found[row], at, size);
        System.arraycopy(chances, 0, found[config.trajectories() + row], at, size);
      }
    }
  }

  private Leapfrog.End follow(
      Leapfrog leapfrog, Leapfrog.Place from, double[] momenta, double[] steps) {
    try {
      return leapfrog.follow(from, momenta, steps, config.leapfrogs());
    } catch (SolveException e) {
      throw new DataException(
          "a trajectory left what can be solved: lower physics.step, was "
              + config.step()
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** The second of two places for the chains that accept it. */
  private static Leapfrog.Place chosen(
      Leapfrog.Place first, Leapfrog.Place second, boolean[] isSecond) {
    return new Leapfrog.Place(
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
