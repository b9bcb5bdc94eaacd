package org.rgflow.flow.velocity;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

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
 * @param position harmonics of a site's position on every axis that the first convolution adds,
 *     each with weights of its own; 0 for none
 * @param skip whether convolutions of the data, one of its own at coarse sites, are added to the
 *     network
 * @param classes of examples, each with a bias of its own in the first convolution; 0 for none
 */
public record VelocityConfig(
    int channels,
    int axes,
    int[] hidden,
    int kernel,
    boolean bias,
    Padding padding,
    Activation activation,
    int position,
    boolean skip,
    int classes) {
  /** Checks nothing: the flow's configuration has. */
  public VelocityConfig {
    hidden = hidden.clone();
  }

  /** A network that knows neither positions nor classes and has no skip. */
  VelocityConfig(
      int channels,
      int axes,
      int[] hidden,
      int kernel,
      boolean bias,
      Padding padding,
      Activation activation) {
    this(channels, axes, hidden, kernel, bias, padding, activation, 0, false, 0);
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
    return kernels(outputs(convolution), inputs(convolution));
  }

  /**
   * Shape of the skip's weight, [2 channels, channels, *kernel]: at all sites, and at coarse ones.
   */
  public int[] skipShape() {
    return kernels(2 * channels, channels);
  }

  private int[] kernels(int out, int in) {
    int[] shape = new int[2 + axes];
    Arrays.fill(shape, kernel);
    shape[0] = out;
    shape[1] = in;
    return shape;
  }

  /** Numbers in the skip's weight. */
  int skipSize() {
    return skip ? 2 * channels * channels * taps() : 0;
  }

  /** Functions of a site's position: a cosine and a sine of every harmonic on every axis. */
  public int positions() {
    return 2 * position * axes;
  }

  /**
   * Those functions on a grid, each row-major over its sites: cos and sin of 2 pi k i/L, axis after
   * axis, k from 1.
   */
  double[][] positionsOn(int[] lengths) {
    double[][] functions = new double[positions()][];
    int row = 0;
    for (int axis = 0; axis < lengths.length; axis++) {
      for (int k = 1; k <= position; k++) {
        double turn = 2 * Math.PI * k / lengths[axis];
        functions[row++] = alongAxis(lengths, axis, i -> Math.cos(turn * i));
        functions[row++] = alongAxis(lengths, axis, i -> Math.sin(turn * i));
      }
    }
    return functions;
  }

  private static double[] alongAxis(int[] lengths, int axis, IntToDoubleFunction function) {
    int inner = 1;
    for (int a = axis + 1; a < lengths.length; a++) {
      inner *= lengths[a];
    }
    double[] values = new double[Arrays.stream(lengths).reduce(1, Math::multiplyExact)];
    for (int site = 0; site < values.length; site++) {
      values[site] = function.applyAsDouble(site / inner % lengths[axis]);
    }
    return values;
  }

  /** Numbers in all weights and biases. */
  public int size() {
    return Math.toIntExact(parameters());
  }

  /** The same, which may be more than an array holds. */
  public long parameters() {
    long size = (long) (positions() + classes) * outputs(0) + skipSize();
    for (int k = 0; k < convolutions(); k++) {
      size += outputs(k) * ((long) inputs(k) * taps() + (bias ? 1 : 0));
    }
    return size;
  }
}
