/** Energies of Boltzmann distributions exp(-E)/Z that a flow can learn from. */
package org.rgflow.flow.energy;
