/** What latents still know of each other: correlations and information by level and distance. */
package org.rgflow.spark.correlation;
