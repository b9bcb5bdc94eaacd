/**
 * Runge-Kutta methods: their tableaux, fixed and adaptive time grids, and how a solve ended.
 *
 * <p>Knows nothing of velocities: it decides where to step, others take the step.
 */
package org.rgflow.flow.ode;
