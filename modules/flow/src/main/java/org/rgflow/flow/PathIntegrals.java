package org.rgflow.flow;

/** Per example: the integrals along the path from x to z, or back. */
final class PathIntegrals {
  /** log |det| in nats. */
  final double[] logDet;

  /** Mean of |v|^2 over time. */
  final double[] kinetic;

  /** Mean of |dv/dx|_F^2 over time; null if not wanted. */
  final double[] jacobian;

  PathIntegrals(int batch, boolean jacobian) {
    this.logDet = new double[batch];
    this.kinetic = new double[batch];
    this.jacobian = jacobian ? new double[batch] : null;
  }
}
