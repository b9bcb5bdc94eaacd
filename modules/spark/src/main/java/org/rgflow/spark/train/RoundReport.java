package org.rgflow.spark.train;

import java.util.List;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.train.averaging.Exchange;
import org.rgflow.spark.train.averaging.Straggler;
import org.rgflow.spark.train.shards.HeldOut;

/**
 * One round.
 *
 * @param round counted from 1
 * @param rounds of the whole run
 * @param phaseEnd last round of its phase
 * @param epoch passes over the data so far; 0 where there are none
 * @param examples seen so far
 * @param objective of the phase the round is of
 * @param unit of the likelihoods: {@code bits/dim} for pixels, {@code nats/dim} for real values
 * @param trainLoss mean over the round's batches, without regularisers: in {@code unit}, from an
 *     energy of the bound on -log Z, or of flow matching the squared deviation, summed over levels
 * @param levelLosses of flow matching, the finest level first; empty for likelihoods
 * @param heldOut what a validation found; null where this round did not validate
 * @param gradientNorm largest L2 norm of a batch's mean gradient, before clipping; NaN where not
 *     known
 * @param kinetic mean K
 * @param jacobian mean F
 * @param evaluations of the velocity for an example on its way forward: of its solve, or of flow
 *     matching one a level; 0 where an adaptive method takes as many as it needs
 * @param seconds of the round, its validation and checkpoint excluded
 * @param examplesPerSecond of the round
 * @param etaSeconds estimated until the phase's last round: another takes its own time
 * @param driverShare of the round's time that the exchange takes
 * @param exchange of states between driver and tasks; null where DL4J's own master sends them
 * @param straggler the task that the others waited for; null where none was slow
 */
public record RoundReport(
    int round,
    int rounds,
    int phaseEnd,
    double epoch,
    long examples,
    Objective objective,
    String unit,
    double trainLoss,
    List<Double> levelLosses,
    HeldOut heldOut,
    double gradientNorm,
    double kinetic,
    double jacobian,
    long evaluations,
    double seconds,
    double examplesPerSecond,
    double etaSeconds,
    double driverShare,
    Exchange exchange,
    Straggler straggler) {

  RoundReport with(HeldOut found) {
    return new RoundReport(
        round,
        rounds,
        phaseEnd,
        epoch,
        examples,
        objective,
        unit,
        trainLoss,
        levelLosses,
        found,
        gradientNorm,
        kinetic,
        jacobian,
        evaluations,
        seconds,
        examplesPerSecond,
        etaSeconds,
        driverShare,
        exchange,
        straggler);
  }
}
