package org.rgflow.spark.physics;

import java.util.Arrays;

/**
 * What independent Markov chains of one length show.
 *
 * @param chains their number
 * @param steps of each, those of the warm-up not counted
 * @param acceptance mean chance min(1, ratio) of a proposal to be accepted
 * @param acceptanceError its standard error, from the scatter of the chains; NaN of one chain
 * @param energy of E along the chains, nats
 */
public record ChainStatistics(
    int chains, int steps, double acceptance, double acceptanceError, Autocorrelation energy) {
  /**
   * The statistics of what was recorded.
   *
   * @param acceptance [chain][step]
   * @param energies E after each step, [chain][step]
   */
  static ChainStatistics of(double[][] acceptance, double[][] energies) {
    double[] means =
        Arrays.stream(acceptance)
            .mapToDouble(chain -> Arrays.stream(chain).sum() / chain.length)
            .toArray();
    return new ChainStatistics(
        acceptance.length,
        acceptance[0].length,
        FreeEnergy.mean(means),
        FreeEnergy.standardError(means),
        Autocorrelation.of(energies));
  }
}
