package org.rgflow.flow.velocity;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
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
  private final Arena arena;
  private final INDArray kernel;
  private final INDArray gradient;
  private final int taps;
  private final int channels;
  private final int bottom;
  private final int top;
  private final Kernel renew;
  private final Kernel fold;

  TraceKernel(TraceGeometry geometry, TimeWeights weights) {
    this.geometry = geometry;
    this.weights = weights;
    this.arena = weights.arena();
    this.kernel = arena.zeros(1, geometry.extendedSize());
    this.gradient = arena.zeros(1, geometry.size());
    this.taps = geometry.config().taps();
    this.channels = geometry.config().channels();
    this.bottom = geometry.bottom();
    this.top = geometry.top();
    if (geometry.isTwoLayers()) {
      INDArray pairSums = arena.zeros(taps, (long) bottom * top);
      INDArray folded = arena.zeros(taps, (long) bottom * top);
      this.renew = renewal(pairSums, folded);
      this.fold = folding(pairSums, folded);
    } else {
      this.renew = this::renewOneLayer;
      this.fold = this::foldOneLayer;
    }
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
    renew.run();
    clearGradient();
  }

  @Override
  public void fold() {
    fold.run();
    clearGradient();
  }

  @Override
  public void clearGradient() {
    gradient.assign(0);
  }

  /** K of two layers, of whose factors M and the folded W2 are kept for the gradient. */
  private Kernel renewal(INDArray pairSums, INDArray folded) {
    INDArray vector = weights.weights();
    return Kernel.sequence(
        List.of(
            arena.matmul(
                Factor.transposed(first(vector)),
                Factor.of(last(vector)),
                geometry.products(),
                Sum.SET),
            arena.copy(geometry.productsByPair(), geometry.byPairGrid()),
            arena.matmul(
                Factor.of(geometry.pairs()), Factor.of(geometry.byPair()), pairSums, Sum.SET),
            arena.matmul(Factor.of(geometry.fold()), Factor.of(middle(vector)), folded, Sum.SET),
            arena.multiply(pairSums, folded, byTap(kernel)),
            WeightLayout.adjoint(arena, kernel, 0, geometry.size(), taps, bottom, top)));
  }

  private Kernel folding(INDArray pairSums, INDArray folded) {
    INDArray vector = weights.weights();
    INDArray to = weights.gradient();
    INDArray g = byTap(gradient);
    INDArray product = byTap(geometry.products()); // before they are set
    return Kernel.sequence(
        List.of(
            arena.multiply(g, pairSums, product),
            arena.matmul(
                Factor.transposed(geometry.fold()), Factor.of(product), middle(to), Sum.ADD),
            arena.multiply(g, folded, product),
            arena.matmul(
                Factor.transposed(geometry.pairs()),
                Factor.of(product),
                geometry.byPair(),
                Sum.SET),
            arena.copy(geometry.byPairGrid(), geometry.productsByPair()),
            arena.matmul(
                Factor.of(last(vector)),
                Factor.transposed(geometry.products()),
                first(to),
                Sum.ADD),
            arena.matmul(
                Factor.of(first(vector)), Factor.of(geometry.products()), last(to), Sum.ADD)));
  }

  /** The temporary arrays are closed at once: the collector does not know what they hold. */
  private void renewOneLayer() {
    try (INDArray perTap = oppositeSums(last(weights.weights()))) {
      perTap.muli(first(weights.weights()));
      try (INDArray sum = perTap.reshape((long) channels * taps, bottom).sum(true, 0)) {
        kernel.assign(sum);
      }
    }
  }

  private void foldOneLayer() {
    INDArray w1 = first(weights.weights());
    try (INDArray flat = w1.ulike();
        INDArray ofFirst = oppositeSums(last(weights.weights()))) {
      Views.block(flat, 0, (long) channels * taps, bottom).assign(0).addiRowVector(gradient);
      first(weights.gradient()).addi(ofFirst.muli(flat));
      try (INDArray ofLast = oppositeSums(flat.muli(w1))) {
        last(weights.gradient()).addi(ofLast);
      }
    }
  }

  /** Of each channel and tap, the sum over the taps opposite to it, (channels, taps * width). */
  private INDArray oppositeSums(INDArray perTap) {
    long width = perTap.size(1) / taps;
    INDArray result = perTap.ulike();
    for (int c = 0; c < channels; c++) {
      try (INDArray sums = geometry.pairs().mmul(perTap.getRow(c).reshape(taps, width));
          INDArray rows = sums.dup('c')) {
        result.getRow(c).assign(rows.reshape(taps * width));
      }
    }
    return result;
  }
}
