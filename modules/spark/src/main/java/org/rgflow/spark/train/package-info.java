/**
 * Training by averaging rounds: every shard takes local steps from the same parameters, they are
 * averaged in the order of shards; the driver takes an outer step, validates, and publishes
 * checkpoints.
 *
 * <p>Start at {@link org.rgflow.spark.train.TrainingJob}.
 */
package org.rgflow.spark.train;
