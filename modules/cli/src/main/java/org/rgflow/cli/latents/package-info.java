/** The commands of the latent hierarchy: samples, codes, mixtures, walks, holes. */
package org.rgflow.cli.latents;
