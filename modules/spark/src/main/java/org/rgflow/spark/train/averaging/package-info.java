/**
 * A round: the steps that tasks take by themselves, the average of what they come to in the order
 * of shards, the outer step, and the moving average over rounds.
 *
 * <p>Start at {@link org.rgflow.spark.train.averaging.AveragingRound}.
 */
package org.rgflow.spark.train.averaging;
