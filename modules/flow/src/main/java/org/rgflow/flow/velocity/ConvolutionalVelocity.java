package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * A network with hidden layers: u_i = s(a_i), a_i = W_i * u_{i-1} + b_i, v = a_{m+1} and its skip.
 *
 * <p>The first and last convolutions, narrow on the data's side, are one matrix product each beside
 * planes laid out per kernel tap; those between are a sum of products over taps. A transposed
 * convolution uses the same matrices, transposed, at the opposite offsets.
 */
final class ConvolutionalVelocity extends Velocity {
  private final WeightLayout layout;
  private final int depth;

  /** Per layer: s'(a), s''(a), zero in the halo. */
  private final INDArray[] slope;

  private final INDArray[] curvature;

  /** Per layer: cotangent of u and of a within a pullback. */
  private final INDArray[] reverse;

  private final INDArray[] reverseSlope;

  /** Per layer: working space, and the cotangent of a that divergences add to. */
  private final INDArray[] work;

  private final CotangentSum[] extra;

  private final INDArray narrow;
  private final INDArray probeTaps;
  private final INDArray narrowSource;
  private final Skip skip;

  ConvolutionalVelocity(VelocityConfig config, PaddedGrid grid, double[] mask) {
    super(config, grid, mask);
    this.layout = new WeightLayout(config);
    this.depth = config.hidden().length;
    this.slope = perLayer();
    this.curvature = perLayer();
    this.reverse = perLayer();
    this.reverseSlope = perLayer();
    this.work = perLayer();
    this.extra = new CotangentSum[depth];
    INDArray[] sums = perLayer();
    Arrays.setAll(extra, i -> new CotangentSum(grid.arena(), body(sums[i])));
    this.narrow = grid.planes(config.channels() * config.taps());
    this.probeTaps = grid.planes(config.channels() * config.taps());
    this.narrowSource = grid.planes(config.channels());
    this.skip = new Skip(this, layout);
  }

  private INDArray[] perLayer() {
    INDArray[] arrays = new INDArray[depth];
    for (int i = 0; i < depth; i++) {
      arrays[i] = grid().features(config().hidden()[i]);
    }
    return arrays;
  }

  @Override
  public Network newStage() {
    return new Network();
  }

  @Override
  void clearCotangents() {
    for (CotangentSum sum : extra) {
      sum.clear();
    }
  }

  int depth() {
    return depth;
  }

  WeightLayout layout() {
    return layout;
  }

  /** s'(a_{i+1}) of the stage linearised last, zero in the halo. */
  INDArray slope(int i) {
    return slope[i];
  }

  /** s''(a_{i+1}) of the stage curved last, zero in the halo. */
  INDArray curvature(int i) {
    return curvature[i];
  }

  /** Where divergences add to the cotangent of a_{i+1} what is zero in the halo. */
  CotangentSum extra(int i) {
    return extra[i];
  }

  /** Features of layer i that anyone may overwrite between two calls of a stage. */
  INDArray scratch(int i) {
    return work[i];
  }

  /** As {@link #scratch}, a second one. */
  INDArray secondScratch(int i) {
    return reverse[i];
  }

  INDArray body(INDArray features) {
    return grid().shiftedRows(features, 0);
  }

  private INDArray dataRows(INDArray first) {
    return Views.rows(first, 0, (long) config().channels() * config().taps());
  }

  /**
   * {@code out = bias + sum_k in[. + offset(k)] W_k} at the sites, with W as (taps; in, out) from a
   * place on; the halo of {@code in} is read, that of {@code out} stays what it was.
   */
  private Kernel convolution(INDArray in, INDArray taps, long from, INDArray bias, INDArray out) {
    if (grid().sites() == 1) { // a product costs a third of a convolution so small
      INDArray sites = grid().onlySites(out);
      INDArray kernel = Views.block(taps, from, config().taps() * in.size(1), out.size(1));
      INDArray rows = grid().exampleRows(in);
      return bias == null
          ? grid().arena().matmul(Factor.of(rows), Factor.of(kernel), sites, Sum.SET)
          : grid()
              .arena()
              .copy(Views.repeated(bias, sites.size(0)), sites)
              .then(grid().arena().matmul(Factor.of(rows), Factor.of(kernel), sites, Sum.ADD));
    }
    INDArray kernel = grid().kernelVolume(taps, from, in.size(1), out.size(1));
    return grid().arena().convolve(grid().paddedVolume(in), kernel, bias, grid().siteVolume(out));
  }

  /** The same without bias, and zero in the halo: what stood there may not have been finite. */
  Kernel convolution(INDArray in, INDArray taps, long from, INDArray out) {
    return convolution(in, taps, from, null, out).then(grid().haloOfFeatures(out)::clear);
  }

  /**
   * {@code W_k += in[row + offset(k)]^T out[row]}; out is zero in the halo, in is filled.
   *
   * @param tapGradients W_k of each tap, one behind the other
   */
  Kernel weightGradient(INDArray in, INDArray out, INDArray[] tapGradients) {
    if (grid().sites() == 1) {
      INDArray all = Views.block(tapGradients[0], 0, tapGradients.length * in.size(1), out.size(1));
      return grid()
          .arena()
          .matmul(
              Factor.transposed(grid().exampleRows(in)),
              Factor.of(grid().onlySites(out)),
              all,
              Sum.ADD);
    }
    List<Kernel> products = new ArrayList<>();
    for (int k = 0; k < tapGradients.length; k++) {
      products.add(
          grid()
              .arena()
              .matmul(
                  Factor.transposed(grid().shiftedRows(in, grid().offset(k))),
                  Factor.of(body(out)),
                  tapGradients[k],
                  Sum.ADD));
    }
    return Kernel.sequence(products);
  }

  private INDArray[] middleTaps(INDArray vector, int convolution) {
    INDArray[] taps = new INDArray[config().taps()];
    for (int k = 0; k < taps.length; k++) {
      taps[k] = layout.middle(vector, convolution, k);
    }
    return taps;
  }

  /** One evaluation: its unfolded input and its activations. */
  final class Network extends Stage {
    private final INDArray inputTaps;
    private final INDArray[] activation = new INDArray[depth];
    private final Kernel forward;
    private final Kernel slopes;
    private final Kernel curvatures;
    private final Kernel pullback;
    private final Kernel pullbackGradient;
    private final Kernel gradient;
    private final Kernel gradientOfWeights;
    private final Kernel gradientOfInput;
    private boolean isCurved;

    private Network() {
      super(grid().planes(config().channels()));
      this.inputTaps = newInputTaps();
      INDArray[] pre = new INDArray[depth];
      for (int i = 0; i < depth; i++) {
        activation[i] = grid().features(config().hidden()[i]);
        pre[i] =
            config().activation().readsPreActivation()
                ? grid().features(config().hidden()[i])
                : activation[i];
      }
      this.forward = forwardKernel(pre);
      this.slopes = slopes(pre);
      this.curvatures = curvatures(pre);
      this.pullback = pullbackKernel();
      this.pullbackGradient = pullbackGradientKernel();
      this.gradient = gradientKernel(true, true);
      this.gradientOfWeights = gradientKernel(true, false);
      this.gradientOfInput = gradientKernel(false, true);
    }

    /** A row of ones, zero in the guards, (1, rows). */
    private INDArray onesInBody() {
      INDArray row = grid().planes(1);
      grid().shiftedPlane(row, 0, 0).assign(1);
      return row;
    }

    private Kernel forwardKernel(INDArray[] pre) {
      Arena arena = grid().arena();
      List<Kernel> steps = new ArrayList<>();
      steps.add(grid().haloOfPlanes(input())::fill);
      steps.add(Unfold.taps(grid(), input(), inputTaps, 1));
      steps.add(
          arena.matmul(
              Factor.transposed(inputTaps), Factor.of(layout.first(weights())), pre[0], Sum.SET));
      for (int i = 0; i < depth; i++) {
        if (i > 0) {
          INDArray bias = Views.block(layout.bias(weights(), i), 0, config().outputs(i));
          steps.add(convolution(activation[i - 1], weights(), layout.start(i), bias, pre[i]));
        }
        steps.add(config().activation().value(arena, body(pre[i]), body(activation[i])));
        if (i < depth - 1) {
          steps.add(grid().haloOfFeatures(activation[i])::fill);
        }
      }
      steps.add(
          arena.matmul(
              Factor.of(layout.last(weights())),
              Factor.transposed(activation[depth - 1]),
              narrow,
              Sum.SET));
      steps.add(grid().haloOfPlanes(narrow)::fill); // a few planes, in place of all features
      steps.add(Unfold.sum(grid(), layout.bias(weights(), depth), narrow, value(), 1));
      steps.add(skip.addValue(inputTaps, value()));
      steps.add(grid().haloOfPlanes(value())::clear);
      return Kernel.sequence(steps);
    }

    private Kernel slopes(INDArray[] pre) {
      List<Kernel> steps = new ArrayList<>();
      for (int i = 0; i < depth; i++) {
        steps.add(
            config()
                .activation()
                .derivative(grid().arena(), body(pre[i]), body(activation[i]), body(slope[i])));
        steps.add(grid().haloOfFeatures(slope[i])::clear);
      }
      return Kernel.sequence(steps);
    }

    private Kernel curvatures(INDArray[] pre) {
      List<Kernel> steps = new ArrayList<>();
      for (int i = 0; i < depth; i++) {
        steps.add(
            config()
                .activation()
                .curvature(
                    grid().arena(),
                    body(pre[i]),
                    body(activation[i]),
                    body(slope[i]),
                    body(curvature[i])));
        if (!config().activation().curvatureVanishesWithDerivative()) {
          steps.add(grid().haloOfFeatures(curvature[i])::clear);
        }
      }
      return Kernel.sequence(steps);
    }

    /**
     * From the cotangent of a hidden layer's a to that of the one below's u, both zero in the halo:
     * where the padding is its own adjoint the first one's is then filled, which costs less than
     * folding.
     */
    private Kernel transposedConvolution(int convolution, INDArray from, INDArray to) {
      long adjoint = layout.adjointStart(convolution);
      if (grid().padding().isSelfAdjoint()) {
        Halo halo = grid().haloOfFeatures(from);
        return Kernel.sequence(List.of(halo::fill, convolution(from, weights(), adjoint, to)));
      }
      INDArray kernel = grid().kernelVolume(weights(), adjoint, from.size(1), to.size(1));
      return grid()
          .arena()
          .convolve(grid().paddedVolume(from), kernel, null, grid().paddedVolume(to))
          .then(grid().haloOfFeatures(to)::fold);
    }

    /** From the cotangents of a_1 and of v, zero in the halo, to that of x. */
    private Kernel transposedFirst(INDArray from, INDArray ofValue, INDArray to) {
      Halo planes = grid().haloOfPlanes(to);
      return Kernel.sequence(
          List.of(
              grid()
                  .arena()
                  .matmul(
                      Factor.of(dataRows(layout.first(weights()))),
                      Factor.transposed(from),
                      narrow,
                      Sum.SET),
              skip.addTransposed(ofValue, narrow),
              Unfold.sum(grid(), null, narrow, to, -1),
              planes::fold));
    }

    /**
     * From the cotangent of v, zero in the halo, per tap in {@code taps}, to that of u_m: with a
     * filled halo where the padding is its own adjoint, as that spares folding features.
     */
    private Kernel transposedLast(INDArray from, INDArray taps, INDArray to) {
      Halo halo = grid().haloOfPlanes(narrowSource);
      boolean selfAdjoint = grid().padding().isSelfAdjoint();
      Kernel product =
          grid()
              .arena()
              .matmul(Factor.transposed(taps), Factor.of(layout.last(weights())), to, Sum.SET);
      return Kernel.sequence(
          List.of(
              grid().arena().copy(from, narrowSource),
              selfAdjoint ? halo::fill : halo::clear,
              Unfold.taps(grid(), narrowSource, taps, -1),
              selfAdjoint ? product : product.then(grid().haloOfFeatures(to)::fold)));
    }

    private Kernel pullbackKernel() {
      Arena arena = grid().arena();
      List<Kernel> steps = new ArrayList<>();
      steps.add(transposedLast(probe(), probeTaps, reverse[depth - 1]));
      for (int i = depth - 1; i >= 0; i--) {
        steps.add(arena.multiply(body(slope[i]), body(reverse[i]), body(reverseSlope[i])));
        if (i > 0) {
          steps.add(transposedConvolution(i, reverseSlope[i], reverse[i - 1]));
          steps.add(grid().haloOfFeatures(reverseSlope[i])::clear);
        }
      }
      steps.add(transposedFirst(reverseSlope[0], probe(), response()));
      return Kernel.sequence(steps);
    }

    /** The pullback is linear in its weights and reads a through s': the tangent runs forward. */
    private Kernel pullbackGradientKernel() {
      Arena arena = grid().arena();
      List<Kernel> steps = new ArrayList<>();
      steps.add(grid().haloOfPlanes(responseCotangent())::fill);
      steps.add(Unfold.taps(grid(), responseCotangent(), narrow, 1));
      steps.add(
          arena.matmul(
              Factor.of(narrow),
              Factor.of(reverseSlope[0]),
              dataRows(layout.first(weightGradient())),
              Sum.ADD));
      steps.add(skip.addGradient(probe(), narrow));
      steps.add(
          arena.matmul(
              Factor.transposed(narrow),
              Factor.of(dataRows(layout.first(weights()))),
              work[0],
              Sum.SET));
      for (int i = 0; i < depth; i++) {
        INDArray tangent = body(work[i]);
        INDArray change = body(reverse[i]);
        steps.add(
            config()
                .activation()
                .curvatureTimes(
                    arena,
                    body(activation[i]),
                    body(curvature[i]),
                    change,
                    body(reverseSlope[i]),
                    change));
        steps.add(extra[i].addProduct(change, tangent));
        steps.add(arena.multiply(body(slope[i]), tangent, tangent));
        if (i < depth - 1) {
          steps.add(grid().haloOfFeatures(work[i])::fill);
          steps.add(
              ConvolutionalVelocity.this.weightGradient(
                  work[i], reverseSlope[i + 1], middleTaps(weightGradient(), i + 1)));
          steps.add(convolution(work[i], weights(), layout.start(i + 1), work[i + 1]));
        }
      }
      if (!grid().padding().isSelfAdjoint()) {
        steps.add(grid().haloOfFeatures(work[depth - 1])::fill);
      }
      steps.add(
          arena.matmul(
              Factor.of(probeTaps),
              Factor.of(work[depth - 1]),
              layout.last(weightGradient()),
              Sum.ADD));
      return Kernel.sequence(steps);
    }

    /** Of both, with what divergences added; of one of the two, by the value alone. */
    private Kernel gradientKernel(boolean ofWeights, boolean ofInput) {
      Arena arena = grid().arena();
      List<Kernel> steps = new ArrayList<>();
      INDArray ones = onesInBody();
      if (ofWeights) {
        INDArray bias = Views.block(layout.bias(weightGradient(), depth), 0, config().channels());
        INDArray sums = arena.zeros(config().channels());
        steps.add(arena.rowSums(valueCotangent(), sums));
        steps.add(arena.add(bias, sums, bias));
        steps.add(Unfold.taps(grid(), valueCotangent(), narrow, -1));
        steps.add(grid().haloOfFeatures(activation[depth - 1])::fill);
        steps.add(
            arena.matmul(
                Factor.of(narrow),
                Factor.of(activation[depth - 1]),
                layout.last(weightGradient()),
                Sum.ADD));
      }
      steps.add(transposedLast(valueCotangent(), narrow, work[depth - 1]));
      for (int i = depth - 1; i >= 0; i--) {
        INDArray cotangent = body(work[i]);
        steps.add(arena.multiply(body(slope[i]), cotangent, cotangent));
        if (ofWeights && ofInput) {
          steps.add(extra[i].moveTo(cotangent));
        }
        if (i > 0) {
          if (ofWeights) {
            steps.add(
                ConvolutionalVelocity.this.weightGradient(
                    activation[i - 1], work[i], middleTaps(weightGradient(), i)));
            steps.add(
                arena.matmul(
                    Factor.of(ones),
                    Factor.of(work[i]),
                    layout.bias(weightGradient(), i),
                    Sum.ADD));
          }
          steps.add(transposedConvolution(i, work[i], work[i - 1]));
        }
      }
      if (ofWeights) {
        steps.add(
            arena.matmul(
                Factor.of(inputTaps), Factor.of(work[0]), layout.first(weightGradient()), Sum.ADD));
        steps.add(skip.addGradient(valueCotangent(), inputTaps));
      }
      if (ofInput) {
        steps.add(transposedFirst(work[0], valueCotangent(), inputCotangent()));
      }
      return Kernel.sequence(steps);
    }

    @Override
    public void forward() {
      forward.run();
    }

    @Override
    public void linearise() {
      slopes.run();
      isCurved = false;
    }

    @Override
    void curve() {
      if (!isCurved) {
        curvatures.run();
        isCurved = true;
      }
    }

    @Override
    void pullback() {
      pullback.run();
    }

    @Override
    void pullbackGradient() {
      if (config().activation().curvatureTimesReadsCurvature()) {
        curve();
      }
      pullbackGradient.run();
    }

    @Override
    public void gradient() {
      gradient.run();
    }

    @Override
    public void gradientOfWeights() {
      gradientOfWeights.run();
    }

    @Override
    public void gradientOfInput() {
      gradientOfInput.run();
    }
  }
}
