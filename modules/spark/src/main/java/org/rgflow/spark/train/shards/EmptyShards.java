package org.rgflow.spark.train.shards;

import org.rgflow.data.DataException;
import org.rgflow.spark.train.plan.TrainingConfig;

/**
 * Why there are shards without an example to learn from.
 *
 * @param config of the training
 * @param learnt examples in all shards
 * @param heldOut examples of the training data that are held out
 * @param filled shards with examples
 */
record EmptyShards(TrainingConfig config, long learnt, long heldOut, int filled) {
  DataException refusal() {
    double fraction = config.validation().heldOutFraction();
    if (learnt == 0) {
      return new DataException(
          "train.heldOutFraction must leave examples to learn from, was "
              + fraction
              + ", which holds out all "
              + heldOut
              + " that were found");
    }
    String found = (learnt + heldOut) + " were found";
    if (heldOut > 0) {
      found += ", of which train.heldOutFraction " + fraction + " holds out " + heldOut;
    }
    return new DataException(
        learnt < config.shards()
            ? "train.shards must be at most the number of training examples, was "
                + config.shards()
                + ": "
                + found
            : "train.shards must leave no shard empty, was "
                + config.shards()
                + ", "
                + (config.shards() - filled)
                + " of them empty: "
                + found);
  }
}
