package org.rgflow.spark.train;

/**
 * How the pixels of a new model become real numbers.
 *
 * @param transform of dequantised pixels
 * @param alpha constant that keeps it finite, in (0, 0.5)
 * @param standardise whether logits are also brought to mean 0 and variance 1 per channel
 */
public record PixelConfig(Transform transform, double alpha, boolean standardise) {
  /** What is fitted to the training set. */
  public enum Transform {
    /** Logits. */
    LOGIT,
    /** A standard normal marginal of every channel. */
    GAUSSIAN
  }
}
