/**
 * Arrays and operators bound to them: what the velocity is built from.
 *
 * <p>Knows ND4J and nothing of flows. Everything here is allocated once per batch size and run many
 * times.
 */
package org.rgflow.flow.tensor;
