package org.rgflow.spark.inpaint;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.Flow;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.spark.physics.HamiltonianMonteCarlo;
import org.rgflow.spark.physics.Place;
import org.rgflow.spark.physics.StepAdaptation;

/**
 * Draws what holes of examples may hold, given the values around them: chains of Hamiltonian Monte
 * Carlo on the {@link Posterior} of the latents in a hole's {@link LightCone}.
 */
final class ConditionalSampler {
  /** The step to begin with, in coordinates of unit curvature. */
  private static final double FIRST_STEP = 0.1;

  private final Flow flow;
  private final InpaintingConfig config;

  ConditionalSampler(Flow flow, InpaintingConfig config) {
    this.flow = flow;
    this.config = config;
  }

  /**
   * Where chains ended.
   *
   * @param x [chain][value] in one row
   * @param misfits root mean square distance of each from the known values
   * @param acceptances mean chance of each chain, once its step was found
   */
  record Draws(double[] x, double[] misfits, double[] acceptances) {}

  /**
   * One draw by each chain.
   *
   * @param posteriors of the chains
   * @param keys of the chains, which are all that tells two of one example apart
   * @throws org.rgflow.flow.ode.SolveException if the model cannot be solved
   */
  Draws draw(List<Posterior> posteriors, long[] keys) {
    int chains = keys.length;
    Posteriors potential = new Posteriors(flow, posteriors);
    HamiltonianMonteCarlo walk =
        new HamiltonianMonteCarlo(potential, config.leapfrogs(), config.seed(), keys);
    StepAdaptation adaptation = new StepAdaptation(FIRST_STEP, chains);
    Place here = walk.start(new double[chains * potential.coordinates()]);
    double[] acceptances = new double[chains];
    int warmUp = config.trajectories() / 2;
    for (int t = 0; t < config.trajectories(); t++) {
      boolean isWarm = t >= warmUp;
      HamiltonianMonteCarlo.Transition moved =
          walk.move(here, isWarm ? adaptation.found() : adaptation.tried(), t);
      here = moved.place();
      if (isWarm) {
        for (int n = 0; n < chains; n++) {
          acceptances[n] += moved.chances()[n] / (config.trajectories() - warmUp);
        }
      } else {
        adaptation.learn(moved.chances());
      }
    }
    double[] misfits = new double[chains];
    for (int n = 0; n < chains; n++) {
      misfits[n] = posteriors.get(n).observation().rootMeanSquare(here.at().energies()[n]);
    }
    double[] z = potential.latents(here.z());
    try (INDArray array = HostValues.toArray(z, DataType.DOUBLE, chains, z.length / chains)) {
      return new Draws(HostValues.take(flow.sample(array)), misfits, acceptances);
    }
  }
}
