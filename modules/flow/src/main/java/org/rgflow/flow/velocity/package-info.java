/**
 * The velocity of a level, a small convolutional network with weights on a path in time, its
 * divergence, and the derivatives of both.
 *
 * <p>A field lives on a {@link org.rgflow.flow.velocity.PaddedGrid}, flattened to rows, so that a
 * convolution on one, two or three axes is a sum over kernel taps of matrix products on shifted
 * rows. Knows {@code tensor} and nothing of solvers or levels.
 */
package org.rgflow.flow.velocity;
