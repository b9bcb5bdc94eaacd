package org.rgflow.dl4j;

/** What training minimises. */
public enum Objective {
  /** -log p through the solve, with the regularisers: {@code Flow.likelihoodLoss}. */
  LIKELIHOOD,
  /** The deviation from straight paths, level by level, without a solve: {@code FlowMatching}. */
  FLOW_MATCHING,
  /** An energy of decoded latents less the log determinant: {@code Flow.energyLoss}. */
  ENERGY
}
