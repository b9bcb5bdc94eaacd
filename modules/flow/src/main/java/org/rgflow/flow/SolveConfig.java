package org.rgflow.flow;

import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;

/**
 * What is solved, and how.
 *
 * @param divergence resolved: not {@code AUTO}
 * @param jacobian whether the squared Jacobian norm is computed
 */
record SolveConfig(
    FlowConfig model, SolverConfig solver, DivergenceConfig divergence, boolean jacobian) {
  boolean needsProbes() {
    return divergence.needsProbes(jacobian);
  }

  /** Random probes of one example; 0 where none are needed. */
  int probes() {
    return needsProbes() ? divergence.probes() : 0;
  }

  /** Numbers that all probes of one example take on all levels. */
  int probeSize() {
    return probes() * model.probeSize();
  }
}
