/**
 * What a model says of the Boltzmann distribution it was trained on: free energies with their
 * errors, and Markov chains that the model makes short, as Spark jobs over latents keyed by number.
 */
package org.rgflow.spark.physics;
