package org.rgflow.flow.velocity;

import java.util.Arrays;

/**
 * The network of one level's velocity: convolutions C+1 -> hidden... -> C.
 *
 * @param channels C of the data; the input has one more, the mask of coarse sites
 * @param axes 1, 2 or 3
 * @param hidden channels of the hidden layers, may be empty
 * @param kernel odd size of every convolution on every axis
 * @param bias whether convolutions add a bias
 * @param padding beyond the edge
 * @param activation after every convolution but the last
 */
public record VelocityConfig(
    int channels,
    int axes,
    int[] hidden,
    int kernel,
    boolean bias,
    Padding padding,
    Activation activation) {
  /** Checks nothing: the flow's configuration has. */
  public VelocityConfig {
    hidden = hidden.clone();
  }

  /** Convolutions, the last included. */
  public int convolutions() {
    return hidden.length + 1;
  }

  int inputs(int convolution) {
    return convolution == 0 ? channels + 1 : hidden[convolution - 1];
  }

  int outputs(int convolution) {
    return convolution == hidden.length ? channels : hidden[convolution];
  }

  /** Entries of a kernel of one input and one output channel. */
  public int taps() {
    int taps = 1;
    for (int a = 0; a < axes; a++) {
      taps *= kernel;
    }
    return taps;
  }

  /** Shape of a convolution's weight, [out, in, *kernel]. */
  public int[] weightShape(int convolution) {
    int[] shape = new int[2 + axes];
    Arrays.fill(shape, kernel);
    shape[0] = outputs(convolution);
    shape[1] = inputs(convolution);
    return shape;
  }

  /** Numbers in all weights and biases. */
  public int size() {
    int size = 0;
    for (int k = 0; k < convolutions(); k++) {
      size += outputs(k) * (inputs(k) * taps() + (bias ? 1 : 0));
    }
    return size;
  }
}
