package org.rgflow.flow;

import org.apache.commons.math3.distribution.NormalDistribution;

/** Distribution of the latents: independent, of one kind. */
public enum Base {
  /** Standard normal, log p = -z^2/2 - log(2 pi)/2. */
  NORMAL,
  /** Laplace(0, 1), log p = -|z| - log 2. */
  LAPLACE;

  private static final NormalDistribution STANDARD = new NormalDistribution(null, 0, 1);

  /** The value below which a latent lies with probability p, in (0, 1). */
  public double quantile(double p) {
    if (this == NORMAL) {
      return STANDARD.inverseCumulativeProbability(p);
    }
    return p < 0.5 ? StrictMath.log(2 * p) : -StrictMath.log(2 * (1 - p));
  }

  /** log of the density of one latent, without the constant. */
  public double logKernel(double z) {
    return this == NORMAL ? -0.5 * z * z : -Math.abs(z);
  }

  /** Derivative of the log density of one latent. */
  public double slope(double z) {
    return this == NORMAL ? -z : -Math.signum(z);
  }

  /** log of the normalising constant of one latent. */
  double logConstant() {
    return this == NORMAL ? -0.5 * Math.log(2 * Math.PI) : -Math.log(2);
  }
}
