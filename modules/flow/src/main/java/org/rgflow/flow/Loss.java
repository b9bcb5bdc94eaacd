package org.rgflow.flow;

/**
 * A loss over a batch and its parts, in nats per example.
 *
 * @param value what was differentiated
 * @param main mean(-log p) from samples, mean(E - log det) from an energy
 * @param kinetic mean K
 * @param jacobian mean F, or 0 of a flow that does not compute it
 * @param bound mean(E - log det + log p_Z), which is at least -log Z; NaN from samples
 */
public record Loss(double value, double main, double kinetic, double jacobian, double bound) {}
