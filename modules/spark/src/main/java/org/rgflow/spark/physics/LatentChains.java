package org.rgflow.spark.physics;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.rgflow.data.DataException;
import org.rgflow.flow.Flow;
import org.rgflow.flow.ode.SolveException;

/**
 * Chains of Hamiltonian Monte Carlo in the space of latents, on U(z) = E(x(z)) - log |det dx/dz|:
 * the better the model, the closer to a standard normal is what they walk on (Hoffman et al.,
 * arXiv:1903.03704).
 *
 * <p>Chain c starts from draw c of the base, which is its key. A batch of chains walks together, in
 * float32.
 */
public final class LatentChains implements LatentBatches {
  private static final long serialVersionUID = 1L;

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
      Potential potential = new EnergyPotential(flow, starts.target());
      for (int i = 0; i < batches.length; i++) {
        walk(potential, batches[i], found, i * size);
      }
    }
    return found;
  }

  private void walk(Potential potential, int batch, double[][] found, int at) {
    int size = starts.size();
    long[] keys = LongStream.range(0, size).map(n -> (long) batch * size + n).toArray();
    HamiltonianMonteCarlo chains =
        new HamiltonianMonteCarlo(potential, config.leapfrogs(), starts.seed(), keys);
    double[] steps = new double[size];
    Arrays.fill(steps, config.step());
    Place here = chains.start(starts.latents(batch));
    for (int t = 0; t < config.warmUp() + config.trajectories(); t++) {
      HamiltonianMonteCarlo.Transition moved = move(chains, here, steps, t);
      here = moved.place();
      int row = t - config.warmUp();
      if (row >= 0) {
        System.arraycopy(here.at().energies(), 0, found[row], at, size);
        System.arraycopy(moved.chances(), 0, found[config.trajectories() + row], at, size);
      }
    }
  }

  private HamiltonianMonteCarlo.Transition move(
      HamiltonianMonteCarlo chains, Place from, double[] steps, int number) {
    try {
      return chains.move(from, steps, number);
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
}
