package org.rgflow.spark.physics;

import org.rgflow.flow.Pullback;

/**
 * Where chains are.
 *
 * @param z [chain][coordinate] in one row
 * @param at the potential there
 */
public record Place(double[] z, Pullback at) {}
