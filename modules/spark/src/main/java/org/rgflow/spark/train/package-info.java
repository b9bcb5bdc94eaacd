/**
 * Training by averaging rounds: every shard takes local steps from the same parameters, the driver
 * averages them in the order of shards, takes an outer step, validates, and publishes checkpoints.
 *
 * <p>Start at {@link org.rgflow.spark.train.TrainingJob}.
 */
package org.rgflow.spark.train;
