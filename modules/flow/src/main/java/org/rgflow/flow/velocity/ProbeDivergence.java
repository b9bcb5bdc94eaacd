package org.rgflow.flow.velocity;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * Sums over probes e of e.g and |g|^2 with g = (dv/dx)^T e, each probe with a weight for either.
 *
 * <p>Noise of identity covariance and weights 1 / count give Hutchinson's estimator (arXiv
 * 1810.01367, eq. 7); indicators of colour classes and weights 1 give the exact trace.
 */
final class ProbeDivergence implements Divergence {
  private final Velocity velocity;
  private final List<Probe> probes;
  private final ExampleSums trace;
  private final ExampleSums norm;
  private final Kernel[] load;
  private final INDArray weights;
  private final Kernel cotangent;

  /**
   * @param probes planes without values in the halo, read at every call
   */
  ProbeDivergence(Velocity velocity, List<Probe> probes) {
    this.velocity = velocity;
    this.probes = List.copyOf(probes);
    PaddedGrid grid = velocity.grid();
    this.trace = new ExampleSums(grid, velocity.response(), velocity.probe());
    this.norm = new ExampleSums(grid, velocity.response(), velocity.response());
    this.load = new Kernel[probes.size()];
    Arena arena = grid.arena();
    Arrays.setAll(load, i -> arena.copy(probes.get(i).values, velocity.probe()));
    this.weights = arena.zeros(1, 2);
    this.cotangent =
        arena.combine(
            weights,
            velocity.probeAndResponse(),
            Views.flat(velocity.responseCotangent()),
            Sum.SET);
  }

  @Override
  public void addRates(Stage stage, double[] divergence, double[] jacobian) {
    for (int p = 0; p < load.length; p++) {
      Probe probe = probes.get(p);
      boolean wantsJacobian = jacobian != null && probe.jacobianWeight != 0;
      if (probe.divergenceWeight == 0 && !wantsJacobian) {
        continue;
      }
      load[p].run();
      stage.pullback();
      addRates(probe, divergence, jacobian);
    }
  }

  private void addRates(Probe probe, double[] divergence, double[] jacobian) {
    if (probe.divergenceWeight != 0) {
      trace.addTo(divergence, probe.divergenceWeight);
    }
    if (jacobian != null && probe.jacobianWeight != 0) {
      norm.addTo(jacobian, probe.jacobianWeight);
    }
  }

  @Override
  public void addGradient(
      Stage stage,
      double divergenceWeight,
      double jacobianWeight,
      double[] divergence,
      double[] jacobian) {
    for (int p = 0; p < load.length; p++) {
      double forProbe = divergenceWeight * probes.get(p).divergenceWeight;
      double forResponse = 2 * jacobianWeight * probes.get(p).jacobianWeight;
      boolean wantsJacobian = jacobian != null && probes.get(p).jacobianWeight != 0;
      if (forProbe == 0 && forResponse == 0 && !wantsJacobian) {
        continue;
      }
      load[p].run();
      stage.pullback();
      addRates(probes.get(p), divergence, jacobian);
      weights.putScalar(0, forProbe);
      weights.putScalar(1, forResponse);
      cotangent.run();
      stage.pullbackGradient();
    }
  }

  /**
   * One probe.
   *
   * @param values planes without values in the halo
   * @param divergenceWeight of e.g in the divergence
   * @param jacobianWeight of |g|^2 in the squared norm
   */
  record Probe(INDArray values, double divergenceWeight, double jacobianWeight) {}
}
