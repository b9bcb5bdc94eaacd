/**
 * What a retraining is of, and whether its model becomes the champion: between {@code registry} and
 * {@code score}, whose work it does not do itself.
 */
package org.rgflow.spark.retrain;
