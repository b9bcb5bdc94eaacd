package org.rgflow.flow;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch carried from data to latents or back.
 *
 * @param values latents (N, C, sites) when encoded, data (N, C, *shape) when decoded
 * @param logDet per example, of the map that was applied, nats
 * @param kinetic per example
 * @param jacobian per example, or null if not wanted
 */
public record Encoding(INDArray values, double[] logDet, double[] kinetic, double[] jacobian) {}
