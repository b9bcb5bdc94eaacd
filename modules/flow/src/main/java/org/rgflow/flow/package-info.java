/**
 * RG-Flow: the hierarchy of levels, the density it gives and the gradients of its losses.
 *
 * <p>Start at {@link org.rgflow.flow.Flow}. Below it: {@code ode} decides the steps, {@code
 * velocity} evaluates the network, its divergence and their gradients, {@code tensor} binds ND4J's
 * operators to buffers. Knows ND4J and none of the other modules.
 */
package org.rgflow.flow;
