/**
 * What a model learns, examples or an energy: its shards on the executors, the minibatches that
 * tasks draw from them, and what a validation finds.
 *
 * <p>Start at {@link org.rgflow.spark.train.shards.Target}.
 */
package org.rgflow.spark.train.shards;
