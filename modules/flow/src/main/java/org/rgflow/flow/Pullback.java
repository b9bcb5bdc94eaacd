package org.rgflow.flow;

/**
 * An energy carried back to the latents of a batch, with its slope:
 *
 * <pre>
 *   U(z) = E(x(z)) - log |det dx/dz|
 * </pre>
 *
 * x is distributed by exp(-E)/Z where z is by exp(-U)/Z, so chains may walk in either.
 *
 * @param values U of each example, nats; E where the log determinant was left out
 * @param energies E of each example, nats
 * @param gradient dU/dz, [example][C * sites] in one row, of the discrete solve
 */
public record Pullback(double[] values, double[] energies, double[] gradient) {}
