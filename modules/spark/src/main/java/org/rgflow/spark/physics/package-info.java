/**
 * What a model says of the Boltzmann distribution it was trained on: free energies with their
 * errors, as Spark jobs over latents keyed by number.
 */
package org.rgflow.spark.physics;
