/**
 * What a retraining is of, and whether its model becomes the champion; may use {@code registry},
 * {@code score} and {@code train}.
 */
package org.rgflow.spark.retrain;
