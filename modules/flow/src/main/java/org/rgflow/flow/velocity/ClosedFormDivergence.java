package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;

/**
 * The exact divergence on a torus of a network with one or two hidden layers.
 *
 * <p>Two: {@code div = sum_q <D2[q], (K * D1)[q]>} with D = s'(a), a circular convolution by {@link
 * TraceKernel}: about the cost of one probe where kernels are small. One: {@code div = sum_q
 * <D1[q], w>}. A skip's is added.
 */
final class ClosedFormDivergence implements Divergence {
  private final ConvolutionalVelocity velocity;
  private final TraceGeometry geometry;
  private final INDArray kernel;
  private final INDArray kernelGradient;
  private final INDArray weight;
  private final Map<TraceKernel, Binding> bindings = new IdentityHashMap<>();
  private final Kernel convolve;
  private final Kernel gradient;
  private final ExampleSums sum;
  private final SkipTrace skip;

  private record Binding(Kernel loadScaled, Kernel collectScaled) {}

  ClosedFormDivergence(ConvolutionalVelocity velocity, int[] lengths) {
    this.velocity = velocity;
    PaddedGrid grid = velocity.grid();
    Arena arena = grid.arena();
    this.geometry = new TraceGeometry(velocity.config(), velocity.layout(), lengths, arena.type());
    this.kernel = arena.zeros(1, geometry.extendedSize());
    this.kernelGradient = arena.zeros(1, geometry.size());
    this.weight = arena.zeros(1, 1);
    int last = velocity.depth() - 1;
    INDArray factor = velocity.scratch(last);
    this.convolve = last == 0 ? repeat(factor) : convolution(factor);
    this.gradient = Kernel.sequence(last == 0 ? ofOneLayer(factor) : ofTwoLayers(factor));
    this.sum =
        ExampleSums.ofFeatures(grid, velocity.slope(last), factor, velocity.secondScratch(last));
    this.skip =
        velocity.config().skip() ? new SkipTrace(velocity, velocity.layout(), geometry) : null;
  }

  /** One layer: the same vector at every site. */
  private Kernel repeat(INDArray factor) {
    Arena arena = velocity.grid().arena();
    INDArray ones = arena.filled(1, velocity.body(factor).rows(), 1);
    return arena.matmul(Factor.of(ones), Factor.of(kernel), velocity.body(factor), Sum.SET);
  }

  private Kernel convolution(INDArray factor) {
    INDArray filled = velocity.secondScratch(0);
    return Kernel.sequence(
        List.of(
            velocity.grid().arena().copy(velocity.slope(0), filled),
            velocity.grid().haloOfFeatures(filled)::fill,
            velocity.convolution(filled, kernel, 0, factor)));
  }

  /** Adds to the cotangent of a layer's a: that of its s'(a) times s''(a). */
  private Kernel throughSlope(int layer, INDArray cotangent) {
    return velocity
        .extra(layer)
        .addProduct(velocity.body(cotangent), velocity.body(velocity.curvature(layer)));
  }

  private List<Kernel> ofOneLayer(INDArray factor) {
    Arena arena = velocity.grid().arena();
    INDArray top = velocity.body(velocity.slope(0));
    INDArray ones = arena.filled(1, 1, top.rows());
    return List.of(
        throughSlope(0, factor),
        arena.matmul(Factor.of(ones), Factor.of(top), kernelGradient, Sum.SET));
  }

  private List<Kernel> ofTwoLayers(INDArray factor) {
    INDArray filled = velocity.secondScratch(0);
    INDArray top = velocity.slope(1);
    INDArray below = velocity.scratch(0);
    Halo halo = velocity.grid().haloOfFeatures(top);
    INDArray[] taps = new INDArray[velocity.config().taps()];
    Arrays.setAll(taps, k -> geometry.tap(kernelGradient, k));
    List<Kernel> steps = new ArrayList<>();
    steps.add(throughSlope(1, factor));
    steps.add(velocity.grid().arena().fill(kernelGradient, 0));
    steps.add(velocity.weightGradient(filled, top, taps));
    steps.add(halo::fill);
    steps.add(velocity.convolution(top, kernel, geometry.size(), below));
    steps.add(halo::clear);
    steps.add(throughSlope(0, below));
    return steps;
  }

  @Override
  public void addRates(Stage stage, double[] divergence, double[] jacobian) {
    load(1);
    convolve.run();
    sum.addTo(divergence, 1);
    if (skip != null) {
      skip.addTo(divergence);
    }
  }

  @Override
  public void addGradient(
      Stage stage,
      double divergenceWeight,
      double jacobianWeight,
      double[] divergence,
      double[] jacobian) {
    if (divergenceWeight == 0) {
      return;
    }
    Binding binding = load(divergenceWeight);
    convolve.run();
    sum.addTo(divergence, 1 / divergenceWeight);
    stage.curve();
    gradient.run();
    binding.collectScaled.run();
    if (skip != null) {
      skip.addTo(divergence);
      skip.addGradient(divergenceWeight);
    }
  }

  /** Everything is linear in the kernel, so the weight rides on it. */
  private Binding load(double scale) {
    TraceKernel current =
        (TraceKernel) velocity.current().derived(time -> new TraceKernel(geometry, time));
    Binding binding = bindings.computeIfAbsent(current, this::bind);
    weight.putScalar(0, scale);
    binding.loadScaled.run();
    return binding;
  }

  private Binding bind(TraceKernel from) {
    Arena arena = velocity.grid().arena();
    return new Binding(
        arena.combine(weight, from.kernel(), kernel, Sum.SET),
        arena.combine(weight, kernelGradient, from.gradient(), Sum.ADD));
  }

  /** Whether the closed form holds for a network. */
  static boolean appliesTo(VelocityConfig config) {
    return config.padding() == Padding.CIRCULAR && config.hidden().length <= 2;
  }
}
