package org.rgflow.flow;

/** Distribution of the latents: independent, of one kind. */
public enum Base {
  /** Standard normal, log p = -z^2/2 - log(2 pi)/2. */
  NORMAL,
  /** Laplace(0, 1), log p = -|z| - log 2. */
  LAPLACE;

  /** log of the density of one latent, without the constant. */
  double logKernel(double z) {
    return this == NORMAL ? -0.5 * z * z : -Math.abs(z);
  }

  /** log of the normalising constant of one latent. */
  double logConstant() {
    return this == NORMAL ? -0.5 * Math.log(2 * Math.PI) : -Math.log(2);
  }
}
