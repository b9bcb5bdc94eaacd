package org.rgflow.flow.velocity;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * The exact divergence on a torus of a network with one or two hidden layers.
 *
 * <p>Two: {@code div = sum_q <D2[q], (K * D1)[q]>} with D = s'(a), a circular convolution by {@link
 * TraceKernel}: about the cost of one probe. One: {@code div = sum_q <D1[q], w>}.
 */
final class ClosedFormDivergence implements Divergence {
  private final ConvolutionalVelocity velocity;
  private final TraceKernel trace;
  private final INDArray top;
  private final INDArray topCurvature;
  private final INDArray factor;
  private final Kernel convolve;
  private final Kernel back;
  private final ExampleSums sum;

  ClosedFormDivergence(ConvolutionalVelocity velocity, int[] lengths) {
    this.velocity = velocity;
    PaddedGrid grid = velocity.grid();
    Arena arena = grid.arena();
    int last = velocity.depth() - 1;
    this.trace = new TraceKernel(velocity, lengths);
    this.top = velocity.slope(last);
    this.topCurvature = velocity.curvature(last);
    this.factor = velocity.scratch(last);
    this.sum = ExampleSums.ofFeatures(grid, top, factor, velocity.secondScratch(last));
    if (last == 0) {
      INDArray ones = arena.filled(1, velocity.body(factor).rows(), 1);
      this.convolve =
          arena.matmul(
              Arena.Factor.of(ones),
              Arena.Factor.of(trace.vector()),
              velocity.body(factor),
              Sum.SET);
      INDArray row = arena.filled(1, 1, velocity.body(factor).rows());
      this.back =
          arena.matmul(
              Arena.Factor.of(row),
              Arena.Factor.of(velocity.body(top)),
              trace.vectorGradient(),
              Sum.SET);
    } else {
      INDArray filled = velocity.secondScratch(0);
      Halo filledHalo = grid.haloOfFeatures(filled);
      Kernel forward = velocity.convolution(filled, trace.taps(), factor, 1, Sum.SET);
      this.convolve =
          () -> {
            filled.assign(velocity.slope(0));
            filledHalo.fill();
            forward.run();
          };
      this.back = lowerGradient(filled, grid);
    }
  }

  /** The kernel's gradient, and the cotangent of D1 in the first layer's working space. */
  private Kernel lowerGradient(INDArray filled, PaddedGrid grid) {
    Kernel kernelGradient = velocity.weightGradient(filled, top, trace.tapGradients());
    Halo topHalo = grid.haloOfFeatures(top);
    Kernel transposed = velocity.convolution(top, trace.taps(), velocity.scratch(0), -1, Sum.SET);
    return () -> {
      kernelGradient.run();
      topHalo.fill();
      transposed.run();
      topHalo.clear();
    };
  }

  @Override
  public void addRates(Stage stage, double[] divergence, double[] jacobian) {
    trace.build();
    convolve.run();
    sum.addTo(divergence, 1);
  }

  @Override
  public void addGradient(Stage stage, double divergenceWeight, double jacobianWeight) {
    if (divergenceWeight == 0) {
      return;
    }
    trace.build();
    convolve.run();
    int last = velocity.depth() - 1;
    addScaled(velocity.extra(last), topCurvature, factor, divergenceWeight);
    back.run();
    if (last > 0) {
      addScaled(velocity.extra(0), velocity.curvature(0), velocity.scratch(0), divergenceWeight);
    }
    trace.addGradient(divergenceWeight);
  }

  private static void addScaled(INDArray to, INDArray curvature, INDArray factor, double weight) {
    factor.muli(curvature).muli(weight);
    to.addi(factor);
  }

  /** Whether the closed form holds for a network. */
  static boolean appliesTo(VelocityConfig config) {
    return config.padding() == Padding.CIRCULAR && config.hidden().length <= 2;
  }

  /**
   * The kernel K of two hidden layers or the vector w of one, and the gradients of the weights they
   * are made of.
   *
   * <p>{@code K[o] = W2[o] * M[-o]}, {@code M[d] = sum over d1 + d3 = d and data channels of W1[d1]
   * W3[d3]}, offsets counted on the torus, where they may coincide: then they add up.
   */
  static final class TraceKernel {
    private final ConvolutionalVelocity velocity;
    private final int taps;
    private final int channels;
    private final int bottom;
    private final int topWidth;
    private final INDArray fold;
    private final INDArray pairs;
    private final INDArray kernel;
    private final INDArray kernelGradient;
    private INDArray pairSums;
    private INDArray folded;

    TraceKernel(ConvolutionalVelocity velocity, int[] lengths) {
      this.velocity = velocity;
      VelocityConfig config = velocity.config();
      Arena arena = velocity.grid().arena();
      this.taps = config.taps();
      this.channels = config.channels();
      this.bottom = config.hidden()[0];
      this.topWidth = config.hidden()[config.hidden().length - 1];
      Offsets offsets = new Offsets(lengths, config.kernel());
      boolean two = velocity.depth() == 2;
      this.fold = two ? arena.zeros(taps, taps) : null;
      this.pairs = two ? arena.zeros(taps, (long) taps * taps) : arena.zeros(taps, taps);
      this.kernel = two ? arena.zeros(taps, (long) bottom * topWidth) : arena.zeros(1, topWidth);
      this.kernelGradient = kernel.ulike();
      if (two) {
        offsets.fillFold(fold);
        offsets.fillPairs(pairs);
      } else {
        offsets.fillOpposites(pairs);
      }
    }

    INDArray vector() {
      return kernel;
    }

    INDArray vectorGradient() {
      return kernelGradient;
    }

    INDArray[] taps() {
      return split(kernel);
    }

    INDArray[] tapGradients() {
      return split(kernelGradient);
    }

    private INDArray[] split(INDArray all) {
      INDArray[] split = new INDArray[taps];
      for (int k = 0; k < taps; k++) {
        split[k] = Views.block(all, (long) k * bottom * topWidth, bottom, topWidth);
      }
      return split;
    }

    /** W1 of the data channels, (channels, taps * outputs). */
    private INDArray first(INDArray vector) {
      INDArray matrix = velocity.layout().first(vector);
      return Views.block(matrix, 0, channels, (long) taps * bottom);
    }

    /** The last convolution, (channels, taps * inputs). */
    private INDArray last(INDArray vector) {
      INDArray matrix = velocity.layout().last(vector);
      return Views.block(matrix, 0, channels, (long) taps * topWidth);
    }

    void build() {
      INDArray w1 = first(velocity.weights());
      INDArray w3 = last(velocity.weights());
      if (velocity.depth() == 1) {
        kernel.assign(oppositeSums(w3).mul(w1).sum(0).reshape(taps, bottom).sum(true, 0));
      } else {
        INDArray all = w1.transpose().mmul(w3).dup('c');
        pairSums = pairs.mmul(byPair(all).dup('c').reshape((long) taps * taps, kernel.size(1)));
        folded = fold.mmul(velocity.layout().middle(velocity.weights(), 1));
        kernel.assign(pairSums.mul(folded));
      }
      kernelGradient.assign(0);
    }

    /** (taps * bottom, taps * top) seen as (taps, taps, bottom, top). */
    private INDArray byPair(INDArray all) {
      return all.reshape(taps, bottom, taps, topWidth).permute(0, 2, 1, 3);
    }

    /** Of each channel and tap, the sum over the taps opposite to it, (channels, taps * width). */
    private INDArray oppositeSums(INDArray weights) {
      long width = weights.size(1) / taps;
      INDArray result = weights.ulike();
      for (int c = 0; c < channels; c++) {
        result
            .getRow(c)
            .assign(
                pairs.mmul(weights.getRow(c).reshape(taps, width)).dup('c').reshape(taps * width));
      }
      return result;
    }

    void addGradient(double weight) {
      INDArray w1 = first(velocity.weights());
      INDArray w3 = last(velocity.weights());
      INDArray g1 = first(velocity.weightGradient());
      INDArray g3 = last(velocity.weightGradient());
      kernelGradient.muli(weight);
      if (velocity.depth() == 1) {
        INDArray repeated = w1.ulike();
        repeated.reshape((long) channels * taps, bottom).addiRowVector(kernelGradient);
        g1.addi(oppositeSums(w3).mul(repeated));
        g3.addi(oppositeSums(w1.mul(repeated)));
      } else {
        INDArray g2 = velocity.layout().middle(velocity.weightGradient(), 1);
        g2.addi(fold.transpose().mmul(kernelGradient.mul(pairSums)));
        INDArray byPair = pairs.transpose().mmul(kernelGradient.mul(folded)).dup('c');
        INDArray all =
            byPair
                .reshape(taps, taps, bottom, topWidth)
                .permute(0, 2, 1, 3)
                .dup('c')
                .reshape((long) taps * bottom, (long) taps * topWidth);
        g1.addi(w3.mmul(all.transpose()));
        g3.addi(w1.mmul(all));
      }
    }
  }

  /** Kernel taps as offsets, compared on the torus. */
  private static final class Offsets {
    private final int[] lengths;
    private final int[][] taps;
    private final int reach;

    Offsets(int[] lengths, int kernel) {
      this.lengths = lengths;
      this.reach = (kernel - 1) / 2;
      int count = (int) Math.pow(kernel, lengths.length);
      this.taps = new int[count][lengths.length];
      for (int k = 0; k < count; k++) {
        int rest = k;
        for (int a = lengths.length - 1; a >= 0; a--) {
          taps[k][a] = rest % kernel - reach;
          rest /= kernel;
        }
      }
    }

    /** One tap stands for all that coincide with it on the torus. */
    private boolean isRepresentative(int tap) {
      for (int a = 0; a < lengths.length; a++) {
        int length = lengths[a];
        if (length <= 2 * reach
            && (taps[tap][a] < -((length - 1) / 2) || taps[tap][a] > length / 2)) {
          return false;
        }
      }
      return true;
    }

    private boolean coincide(int[] left, int[] right) {
      for (int a = 0; a < lengths.length; a++) {
        if (Math.floorMod(left[a] - right[a], lengths[a]) != 0) {
          return false;
        }
      }
      return true;
    }

    private int[] opposite(int[] first, int[] second) {
      int[] sum = new int[first.length];
      Arrays.setAll(sum, a -> -(first[a] + second[a]));
      return sum;
    }

    /** [o, d] = 1 where tap d coincides with representative o. */
    void fillFold(INDArray fold) {
      for (int o = 0; o < taps.length; o++) {
        for (int d = 0; d < taps.length; d++) {
          fold.putScalar(o, d, isRepresentative(o) && coincide(taps[o], taps[d]) ? 1 : 0);
        }
      }
    }

    /** [o, (d1, d3)] = 1 where d1 + d3 coincides with minus the representative o. */
    void fillPairs(INDArray pairs) {
      for (int o = 0; o < taps.length; o++) {
        for (int i = 0; i < taps.length * taps.length; i++) {
          int[] opposite = opposite(taps[i / taps.length], taps[i % taps.length]);
          pairs.putScalar(o, i, isRepresentative(o) && coincide(taps[o], opposite) ? 1 : 0);
        }
      }
    }

    /** [d1, d3] = 1 where d1 + d3 coincides with no offset at all. */
    void fillOpposites(INDArray opposites) {
      int[] none = new int[lengths.length];
      for (int i = 0; i < taps.length * taps.length; i++) {
        int[] opposite = opposite(taps[i / taps.length], taps[i % taps.length]);
        opposites.putScalar(i / taps.length, i % taps.length, coincide(none, opposite) ? 1 : 0);
      }
    }
  }
}
