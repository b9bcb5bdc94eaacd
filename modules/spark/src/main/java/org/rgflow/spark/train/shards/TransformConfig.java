package org.rgflow.spark.train.shards;

/**
 * What becomes of a new model's examples before its flow.
 *
 * @param pixels how pixels become real numbers
 * @param standardisesValues whether real values are brought to mean 0 and variance 1 per channel
 */
public record TransformConfig(PixelConfig pixels, boolean standardisesValues) {}
