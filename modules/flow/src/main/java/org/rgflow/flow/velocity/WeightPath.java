package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * The weights of a velocity as a function of time: constant, or p(t) = W_out tanh(W_h t + b_h) +
 * b_out.
 *
 * <p>The weights of a time are computed once for parameters loaded, and their gradients are summed
 * over a batch before they are taken to the parameters.
 */
public abstract class WeightPath {
  WeightPath() {}

  /**
   * A path for a network.
   *
   * @param hyper q, or 0 for weights that do not depend on time
   * @param times kept at once, at least 1
   */
  public static WeightPath create(VelocityConfig config, int hyper, int times, Arena arena) {
    return hyper == 0
        ? new StaticWeights(config, arena)
        : new Hypernetwork(config, hyper, times, arena);
  }

  /** Reads the parameters from a vector, from {@code offset} on. */
  public abstract void load(INDArray parameters, long offset);

  /** Puts the weights at a time into a velocity. */
  public final void apply(double t, Velocity velocity) {
    velocity.use(at(t));
  }

  /** Starts a gradient from zero. */
  public abstract void clearGradient();

  /** Writes the gradient of the parameters to a vector, from {@code offset} on. */
  public abstract void store(INDArray gradient, long offset);

  abstract TimeWeights at(double t);

  /** Constant weights. */
  private static final class StaticWeights extends WeightPath {
    private final WeightLayout layout;
    private final long size;
    private final TimeWeights weights;
    private final Kernel adjoints;

    StaticWeights(VelocityConfig config, Arena arena) {
      this.layout = new WeightLayout(config);
      this.size = config.size();
      this.weights =
          new TimeWeights(arena, arena.zeros(layout.extendedSize()), arena.zeros(layout.size()));
      this.adjoints = layout.completeAdjoints(arena, weights.weights());
    }

    @Override
    public void load(INDArray parameters, long offset) {
      layout.copy(
          Views.block(parameters, offset, size),
          weights.weights(),
          1,
          WeightLayout.Direction.TO_LAYOUT);
      adjoints.run();
      weights.changed();
    }

    @Override
    TimeWeights at(double t) {
      return weights;
    }

    @Override
    public void clearGradient() {
      weights.clearGradient();
    }

    @Override
    public void store(INDArray to, long offset) {
      weights.foldDerived();
      layout.copy(
          Views.block(to, offset, size),
          weights.gradient(),
          1,
          WeightLayout.Direction.TO_PARAMETERS);
    }
  }

  /** p(t) = W_out tanh(W_h t + b_h) + b_out, its output in the layout's order. */
  private static final class Hypernetwork extends WeightPath {
    /** Per unit of time: finer than any step, coarser than rounding. */
    private static final double GRID = 0x1p40;

    private final int hyper;
    private final int times;
    private final long size;
    private final Arena arena;
    private final WeightLayout layout;
    private double[] hiddenWeight;
    private double[] hiddenBias;
    private final double[] hiddenWeightGradient;
    private final double[] hiddenBiasGradient;
    private final INDArray outWeight;
    private final INDArray outBias;
    private final INDArray outWeightGradient;
    private final INDArray outBiasGradient;

    /** Row by row, for each time kept: tanh(W_h t + b_h), and the gradient of the weights. */
    private final INDArray hidden;

    private final INDArray gradients;
    private final INDArray back;
    private final Kernel foldOutWeight;
    private final Kernel foldOutBias;
    private final Kernel foldHidden;

    private final Map<Double, Integer> places = new LinkedHashMap<>();
    private final List<TimeWeights> kept = new ArrayList<>();
    private final List<Kernel> compute = new ArrayList<>();

    Hypernetwork(VelocityConfig config, int hyper, int times, Arena arena) {
      this.hyper = hyper;
      this.times = times;
      this.size = config.size();
      this.arena = arena;
      this.layout = new WeightLayout(config);
      this.hiddenWeightGradient = new double[hyper];
      this.hiddenBiasGradient = new double[hyper];
      this.outWeight = arena.zeros(layout.size(), hyper);
      this.outBias = arena.zeros(layout.size(), 1);
      this.outWeightGradient = arena.zeros(layout.size(), hyper);
      this.outBiasGradient = arena.zeros(1, layout.size());
      this.hidden = arena.zeros(times, hyper);
      this.gradients = arena.zeros(times, layout.size());
      this.back = arena.zeros(times, hyper);
      this.foldOutWeight =
          arena.matmul(Factor.transposed(gradients), Factor.of(hidden), outWeightGradient, Sum.ADD);
      this.foldOutBias =
          arena.matmul(
              Factor.of(arena.filled(1, 1, times)), Factor.of(gradients), outBiasGradient, Sum.ADD);
      this.foldHidden = arena.matmul(Factor.of(gradients), Factor.of(outWeight), back, Sum.SET);
    }

    private INDArray block(INDArray vector, long from, long count) {
      return Views.block(vector, from, count);
    }

    @Override
    public void load(INDArray parameters, long offset) {
      places.clear();
      hidden.assign(0); // a fold takes rows without a gradient times 0, which must not be NaN
      hiddenWeight = HostValues.of(block(parameters, offset, hyper));
      hiddenBias = HostValues.of(block(parameters, offset + hyper, hyper));
      long out = offset + 2L * hyper;
      layout.copy(
          block(parameters, out, size * hyper), outWeight, hyper, WeightLayout.Direction.TO_LAYOUT);
      layout.copy(
          block(parameters, out + size * hyper, size),
          outBias,
          1,
          WeightLayout.Direction.TO_LAYOUT);
    }

    @Override
    TimeWeights at(double time) {
      // forth and back a grid's times differ by rounding, and would drive each other out
      double t = Math.rint(time * GRID) / GRID;
      Integer place = places.get(t);
      if (place == null) {
        if (places.size() == times) {
          fold();
          places.clear();
        }
        place = places.size();
        places.put(t, place);
        compute(place, t);
      }
      return kept.get(place);
    }

    private void compute(int place, double t) {
      if (place == kept.size()) {
        INDArray weights = arena.zeros(layout.extendedSize());
        kept.add(
            new TimeWeights(
                arena,
                weights,
                Views.block(gradients, (long) place * layout.size(), layout.size())));
        INDArray column = Views.block(weights, 0, layout.size(), 1);
        compute.add(
            Kernel.sequence(
                List.of(
                    arena.copy(outBias, column),
                    arena.matmul(
                        Factor.of(outWeight),
                        Factor.of(Views.block(hidden, (long) place * hyper, hyper, 1)),
                        column,
                        Sum.ADD),
                    layout.completeAdjoints(arena, weights))));
      }
      for (int i = 0; i < hyper; i++) {
        hidden.putScalar(place, i, Math.tanh(hiddenWeight[i] * t + hiddenBias[i]));
      }
      compute.get(place).run();
      kept.get(place).changed();
    }

    @Override
    public void clearGradient() {
      gradients.assign(0);
      kept.forEach(TimeWeights::clearDerivedGradient);
      outWeightGradient.assign(0);
      outBiasGradient.assign(0);
      Arrays.fill(hiddenWeightGradient, 0);
      Arrays.fill(hiddenBiasGradient, 0);
    }

    /** Takes the gradients of the times kept to the parameters, and clears them. */
    private void fold() {
      for (int place = 0; place < places.size(); place++) {
        kept.get(place).foldDerived();
      }
      foldOutWeight.run();
      foldOutBias.run();
      foldHidden.run();
      double[] slopes = HostValues.of(back);
      double[] values = HostValues.of(hidden);
      places.forEach(
          (t, place) -> {
            for (int i = 0; i < hyper; i++) {
              double value = values[place * hyper + i];
              double slope = slopes[place * hyper + i] * (1 - value * value);
              hiddenWeightGradient[i] += slope * t;
              hiddenBiasGradient[i] += slope;
            }
          });
      gradients.assign(0);
    }

    @Override
    public void store(INDArray to, long offset) {
      fold();
      block(to, offset, hyper)
          .assign(HostValues.toArray(hiddenWeightGradient, to.dataType(), hyper));
      block(to, offset + hyper, hyper)
          .assign(HostValues.toArray(hiddenBiasGradient, to.dataType(), hyper));
      long out = offset + 2L * hyper;
      layout.copy(
          block(to, out, size * hyper),
          outWeightGradient,
          hyper,
          WeightLayout.Direction.TO_PARAMETERS);
      layout.copy(
          block(to, out + size * hyper, size),
          outBiasGradient,
          1,
          WeightLayout.Direction.TO_PARAMETERS);
    }
  }
}
