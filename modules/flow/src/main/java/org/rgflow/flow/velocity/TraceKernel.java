package org.rgflow.flow.velocity;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * The kernel K of two hidden layers, or the vector w of one, whose product with s'(a) is the
 * divergence on a torus: a function of the weights alone, with its gradient.
 *
 * <p>{@code K[o] = W2[o] * M[-o]}, {@code M[d] = sum over d1 + d3 = d and data channels of W1[d1]
 * W3[d3]}, offsets counted on the torus, where they may coincide: then they add up.
 */
final class TraceKernel implements TimeWeights.Derived {
  private final TraceGeometry geometry;
  private final TimeWeights weights;
  private final INDArray kernel;
  private final INDArray gradient;
  private final INDArray fold;
  private final INDArray pairs;
  private final int taps;
  private final int channels;
  private final int bottom;
  private final int top;
  private final Kernel adjoint;
  private INDArray pairSums;
  private INDArray folded;

  TraceKernel(TraceGeometry geometry, TimeWeights weights) {
    this.geometry = geometry;
    this.weights = weights;
    this.kernel = weights.arena().zeros(1, geometry.extendedSize());
    this.gradient = weights.arena().zeros(1, geometry.size());
    this.fold = geometry.fold().castTo(kernel.dataType());
    this.pairs = geometry.pairs().castTo(kernel.dataType());
    this.taps = geometry.config().taps();
    this.channels = geometry.config().channels();
    this.bottom = geometry.bottom();
    this.top = geometry.top();
    this.adjoint =
        geometry.isTwoLayers()
            ? WeightLayout.adjoint(weights.arena(), kernel, 0, geometry.size(), taps, bottom, top)
            : null;
  }

  /** (1, extended size): the kernel, and with two layers its adjoint behind it. */
  INDArray kernel() {
    return kernel;
  }

  /** (1, size). */
  INDArray gradient() {
    return gradient;
  }

  /** W1 of the data channels, (channels, taps * bottom). */
  private INDArray first(INDArray vector) {
    INDArray matrix = geometry.layout().first(vector);
    return Views.block(matrix, 0, channels, (long) taps * bottom);
  }

  /** The last convolution, (channels, taps * top). */
  private INDArray last(INDArray vector) {
    INDArray matrix = geometry.layout().last(vector);
    return Views.block(matrix, 0, channels, (long) taps * top);
  }

  private INDArray middle(INDArray vector) {
    return geometry.layout().middle(vector, 1);
  }

  /** The kernel as (taps, bottom * top). */
  private INDArray byTap(INDArray vector) {
    return Views.block(vector, 0, taps, (long) bottom * top);
  }

  @Override
  public void renew() {
    INDArray w1 = first(weights.weights());
    INDArray w3 = last(weights.weights());
    if (geometry.isTwoLayers()) {
      INDArray all = w1.transpose().mmul(w3).dup('c');
      INDArray byPair = all.reshape(taps, bottom, taps, top).permute(0, 2, 1, 3).dup('c');
      pairSums = pairs.mmul(byPair.reshape((long) taps * taps, (long) bottom * top));
      folded = fold.mmul(middle(weights.weights()));
      byTap(kernel).assign(pairSums.mul(folded));
      adjoint.run();
    } else {
      INDArray perTap = oppositeSums(w3).mul(w1).reshape((long) channels * taps, bottom);
      kernel.assign(perTap.sum(true, 0));
    }
    gradient.assign(0);
  }

  /** Of each channel and tap, the sum over the taps opposite to it, (channels, taps * width). */
  private INDArray oppositeSums(INDArray perTap) {
    long width = perTap.size(1) / taps;
    INDArray result = perTap.ulike();
    for (int c = 0; c < channels; c++) {
      result
          .getRow(c)
          .assign(pairs.mmul(perTap.getRow(c).reshape(taps, width)).dup('c').reshape(taps * width));
    }
    return result;
  }

  @Override
  public void fold() {
    INDArray w1 = first(weights.weights());
    INDArray w3 = last(weights.weights());
    INDArray g1 = first(weights.gradient());
    INDArray g3 = last(weights.gradient());
    if (geometry.isTwoLayers()) {
      INDArray g = byTap(gradient);
      middle(weights.gradient()).addi(fold.transpose().mmul(g.mul(pairSums)));
      INDArray all =
          pairs
              .transpose()
              .mmul(g.mul(folded))
              .dup('c')
              .reshape(taps, taps, bottom, top)
              .permute(0, 2, 1, 3)
              .dup('c')
              .reshape((long) taps * bottom, (long) taps * top);
      g1.addi(w3.mmul(all.transpose()));
      g3.addi(w1.mmul(all));
    } else {
      INDArray repeated = Views.block(w1.ulike(), 0, (long) channels * taps, bottom);
      repeated.assign(0).addiRowVector(gradient);
      INDArray flat = repeated.reshape(channels, (long) taps * bottom);
      g1.addi(oppositeSums(w3).mul(flat));
      g3.addi(oppositeSums(w1.mul(flat)));
    }
    gradient.assign(0);
  }
}
