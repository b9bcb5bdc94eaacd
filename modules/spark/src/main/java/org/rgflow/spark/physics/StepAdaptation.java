package org.rgflow.spark.physics;

import java.util.Arrays;

/**
 * Finds the step with which a chain accepts four of five trajectories, by dual averaging (Hoffman
 * and Gelman, arXiv:1111.4246, section 3.2), for each chain of a batch by itself:
 *
 * <pre>
 *   H_t = H_(t-1) + (0.8 - chance - H_(t-1)) / (t + 10)
 *   log h_t = log(10 h_0) - 20 sqrt(t) H_t
 *   log h   = the average of log h_t, weighted by t^-0.75 for the latest
 * </pre>
 */
public final class StepAdaptation {
  private static final double TARGET = 0.8;
  private static final double SHRINKAGE = 0.05;
  private static final double DELAY = 10;
  private static final double FORGETTING = 0.75;

  private final double centre;
  private final double[] shortfall;
  private final double[] logSteps;
  private final double[] logAverages;
  private int trajectories;

  /**
   * Begins at a step, for each of some chains.
   *
   * @param first h_0: one that is rather accepted than not
   */
  public StepAdaptation(double first, int chains) {
    this.centre = Math.log(10 * first);
    this.shortfall = new double[chains];
    this.logSteps = new double[chains];
    this.logAverages = new double[chains];
    Arrays.fill(logSteps, Math.log(first));
    Arrays.fill(logAverages, Math.log(first));
  }

  /** Learns from a trajectory of each chain. */
  public void learn(double[] chances) {
    int t = ++trajectories;
    double weight = Math.pow(t, -FORGETTING);
    for (int n = 0; n < chances.length; n++) {
      shortfall[n] += (TARGET - chances[n] - shortfall[n]) / (t + DELAY);
      logSteps[n] = centre - Math.sqrt(t) / SHRINKAGE * shortfall[n];
      logAverages[n] += weight * (logSteps[n] - logAverages[n]);
    }
  }

  /** Steps to try next. */
  public double[] tried() {
    return Arrays.stream(logSteps).map(Math::exp).toArray();
  }

  /** Steps that were found, for when chains must not change their ways any more. */
  public double[] found() {
    return Arrays.stream(logAverages).map(Math::exp).toArray();
  }
}
