package org.rgflow.spark.train.shards;

/**
 * How the pixels of a new model become real numbers.
 *
 * @param transform of dequantised pixels
 * @param alpha constant that keeps it finite, in (0, 0.5)
 * @param standardise whether logits are also brought to mean 0 and variance 1 per channel
 * @param atom share of a channel's pixels beyond which one value has a normal of its own, in (0, 1]
 * @param tail what that normal lacks where the next follows, in (0, 0.5)
 */
public record PixelConfig(
    Transform transform, double alpha, boolean standardise, double atom, double tail) {
  /** What is fitted to the training set. */
  public enum Transform {
    /** Logits. */
    LOGIT,
    /** Standard normals: of all values, or of every atom and of the values between. */
    GAUSSIAN
  }
}
