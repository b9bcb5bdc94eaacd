/**
 * Likelihoods of image sets as a Spark job: one row to an image, whose numbers are a function of
 * the image, the model and the configuration alone.
 */
package org.rgflow.spark.score;
