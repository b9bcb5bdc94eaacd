/**
 * Energies of Boltzmann distributions exp(-E)/Z that a flow can learn from, by name in {@link
 * org.rgflow.flow.energy.Energies}, and what is known of their Z. Plain Java.
 */
package org.rgflow.flow.energy;
