package org.rgflow.spark.train;

/**
 * One round.
 *
 * @param round counted from 1
 * @param rounds of the whole run
 * @param epoch passes over the data so far
 * @param examples seen so far
 * @param unit of the likelihoods: {@code bits/dim} for pixels, {@code nats/dim} for real values
 * @param trainLoss mean over the round's batches, in {@code unit}, without regularisers
 * @param heldOutLoss exact, in {@code unit}; null where this round did not validate
 * @param kinetic mean K
 * @param jacobian mean F
 * @param seconds of the round, its validation and checkpoint excluded
 * @param examplesPerSecond of the round
 * @param etaSeconds estimated until the last round
 * @param driverShare of the round's time spent outside tasks
 */
public record RoundReport(
    int round,
    int rounds,
    double epoch,
    long examples,
    String unit,
    double trainLoss,
    Double heldOutLoss,
    double kinetic,
    double jacobian,
    double seconds,
    double examplesPerSecond,
    double etaSeconds,
    double driverShare) {}
