package org.rgflow.spark.train;

import org.rgflow.spark.ingest.ImageFiles;

/**
 * What a model is trained and validated on.
 *
 * @param training examples to learn from
 * @param validation examples to validate on; null for a held-out part of the training data
 * @param alpha of the logit of pixels; ignored for real-valued data
 * @param standardise whether pixels are also brought to zero mean and unit variance per channel
 */
public record TrainingInput(
    ImageFiles training, ImageFiles validation, double alpha, boolean standardise) {}
