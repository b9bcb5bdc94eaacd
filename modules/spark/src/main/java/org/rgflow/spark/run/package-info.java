/**
 * A run's folder: its configuration, metrics, checkpoints and released model, on any file system;
 * what is complete there, and what is damaged.
 *
 * <p>Start at {@link org.rgflow.spark.run.RunFolder}.
 */
package org.rgflow.spark.run;
