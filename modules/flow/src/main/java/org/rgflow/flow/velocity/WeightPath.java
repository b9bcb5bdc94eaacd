package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataBuffer;
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

  /** Computes the weights of several times at once, which costs less than one by one. */
  public void prepare(double... times) {
    // constant weights have none
  }

  /** Starts a gradient from zero. */
  public abstract void clearGradient();

  /** Writes the gradient of the parameters to a vector, from {@code offset} on. */
  public abstract void store(INDArray gradient, long offset);

  abstract TimeWeights at(double t);

  /**
   * A copy from or to a vector of parameters: made for the vector met last, as training has one.
   */
  private static final class Exchange {
    private final Binding binding;
    private INDArray vector;
    private DataBuffer memory;
    private long offset;
    private Kernel copy;

    /** The copy from or to a vector, from an offset on. */
    private interface Binding {
      Kernel to(INDArray vector, long offset);
    }

    Exchange(Binding binding) {
      this.binding = binding;
    }

    void run(INDArray with, long from) {
      if (with != vector || with.data() != memory || from != offset) {
        copy = binding.to(with, from);
        vector = with;
        memory = with.data();
        offset = from;
      }
      copy.run();
    }
  }

  /** Constant weights. */
  private static final class StaticWeights extends WeightPath {
    private final TimeWeights weights;
    private final Exchange load;
    private final Exchange store;
    private final Kernel adjoints;

    StaticWeights(VelocityConfig config, Arena arena) {
      WeightLayout layout = new WeightLayout(config);
      long size = config.size();
      this.weights =
          new TimeWeights(arena, arena.zeros(layout.extendedSize()), arena.zeros(layout.size()));
      this.load =
          new Exchange(
              (vector, from) ->
                  layout.copy(
                      arena,
                      Views.block(vector, from, size),
                      weights.weights(),
                      1,
                      WeightLayout.Direction.TO_LAYOUT));
      this.store =
          new Exchange(
              (vector, from) ->
                  layout.copy(
                      arena,
                      Views.block(vector, from, size),
                      weights.gradient(),
                      1,
                      WeightLayout.Direction.TO_PARAMETERS));
      this.adjoints = layout.completeAdjoints(arena, weights.weights());
    }

    @Override
    public void load(INDArray parameters, long offset) {
      load.run(parameters, offset);
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
      store.run(to, offset);
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

    /** W_h, then b_h; and their gradients. */
    private final INDArray units;

    private final INDArray unitGradients;
    private double[] unit;
    private final double[] unitGradient;
    private final INDArray outWeight;
    private final INDArray outBias;
    private final INDArray outWeightGradient;
    private final INDArray outBiasGradient;

    /** Row by row, for each time kept: tanh(W_h t + b_h), the weights, and their gradient. */
    private final INDArray hidden;

    private final INDArray weights;
    private final INDArray gradients;
    private final INDArray back;
    private final Exchange load;
    private final Exchange store;
    private final Kernel clearHidden;
    private final Kernel clearGradients;
    private final Kernel foldFirst;
    private final Kernel foldNext;
    private final Kernel foldHidden;
    private boolean isFolded;

    private final Map<Double, Integer> places = new LinkedHashMap<>();
    private final List<TimeWeights> kept = new ArrayList<>();
    private final Map<Rows, Kernel> compute = new HashMap<>();

    /** Rows of times that are computed at once. */
    private record Rows(int first, int count) {}

    Hypernetwork(VelocityConfig config, int hyper, int times, Arena arena) {
      this.hyper = hyper;
      this.times = times;
      this.size = config.size();
      this.arena = arena;
      this.layout = new WeightLayout(config);
      this.units = arena.zeros(2L * hyper);
      this.unitGradients = arena.zeros(2L * hyper);
      this.unitGradient = new double[2 * hyper];
      this.outWeight = arena.zeros(layout.size(), hyper);
      this.outBias = arena.zeros(1, layout.size());
      this.outWeightGradient = arena.zeros(layout.size(), hyper);
      this.outBiasGradient = arena.zeros(1, layout.size());
      this.hidden = arena.zeros(times, hyper);
      this.weights = arena.zeros(times, layout.extendedSize());
      this.gradients = arena.zeros(times, layout.size());
      this.back = arena.zeros(times, hyper);
      this.load =
          new Exchange(
              (vector, from) ->
                  exchange(
                      vector, from, units, outWeight, outBias, WeightLayout.Direction.TO_LAYOUT));
      this.store =
          new Exchange(
              (vector, from) ->
                  exchange(
                      vector,
                      from,
                      unitGradients,
                      outWeightGradient,
                      outBiasGradient,
                      WeightLayout.Direction.TO_PARAMETERS));
      this.clearHidden = arena.fill(hidden, 0);
      this.clearGradients = arena.fill(gradients, 0);
      INDArray ones = arena.filled(1, 1, times);
      this.foldFirst = foldOut(ones, Sum.SET);
      this.foldNext = foldOut(ones, Sum.ADD);
      this.foldHidden = arena.matmul(Factor.of(gradients), Factor.of(outWeight), back, Sum.SET);
    }

    private Kernel foldOut(INDArray ones, Sum sum) {
      return arena
          .matmul(Factor.transposed(gradients), Factor.of(hidden), outWeightGradient, sum)
          .then(arena.matmul(Factor.of(ones), Factor.of(gradients), outBiasGradient, sum));
    }

    private Kernel exchange(
        INDArray vector,
        long from,
        INDArray ofUnits,
        INDArray ofWeight,
        INDArray ofBias,
        WeightLayout.Direction direction) {
      long out = from + 2L * hyper;
      INDArray first = Views.block(vector, from, 2L * hyper);
      INDArray weight = Views.block(vector, out, size * hyper);
      INDArray bias = Views.block(vector, out + size * hyper, size);
      return Kernel.sequence(
          List.of(
              direction == WeightLayout.Direction.TO_LAYOUT
                  ? arena.copy(first, ofUnits)
                  : arena.copy(ofUnits, first),
              layout.copy(arena, weight, ofWeight, hyper, direction),
              layout.copy(arena, bias, ofBias, 1, direction)));
    }

    @Override
    public void load(INDArray parameters, long offset) {
      places.clear();
      clearHidden.run(); // a fold takes rows without a gradient times 0, which must not be NaN
      load.run(parameters, offset);
      unit = HostValues.of(units);
    }

    @Override
    TimeWeights at(double time) {
      double t = onGrid(time);
      Integer place = places.get(t);
      if (place == null) {
        prepare(time);
        place = places.get(t);
      }
      return kept.get(place);
    }

    /** Forth and back a grid's times differ by rounding, and would drive each other out. */
    private static double onGrid(double time) {
      return Math.rint(time * GRID) / GRID;
    }

    @Override
    public void prepare(double... wanted) {
      double[] missing = missing(wanted);
      if (places.size() + missing.length > times) {
        fold();
        places.clear();
        missing = missing(wanted);
      }
      if (missing.length > 0) {
        compute(missing);
      }
    }

    private double[] missing(double[] wanted) {
      return Arrays.stream(wanted)
          .map(Hypernetwork::onGrid)
          .filter(t -> !places.containsKey(t))
          .distinct()
          .toArray();
    }

    private void compute(double[] missing) {
      int first = places.size();
      for (double t : missing) {
        int place = places.size();
        places.put(t, place);
        for (int i = 0; i < hyper; i++) {
          hidden.putScalar(place, i, Math.tanh(unit[i] * t + unit[hyper + i]));
        }
        if (place == kept.size()) {
          kept.add(
              new TimeWeights(
                  arena,
                  Views.block(weights, (long) place * layout.extendedSize(), layout.extendedSize()),
                  Views.block(gradients, (long) place * layout.size(), layout.size())));
        }
      }
      compute.computeIfAbsent(new Rows(first, missing.length), this::computation).run();
      for (int place = first; place < places.size(); place++) {
        kept.get(place).changed();
      }
    }

    private Kernel computation(Rows rows) {
      long stride = layout.extendedSize();
      int end = rows.first + rows.count;
      List<Kernel> steps = new ArrayList<>();
      for (int place = rows.first; place < end; place++) {
        steps.add(
            arena.copy(
                Views.block(outBias, 0, layout.size()),
                Views.block(weights, place * stride, layout.size())));
      }
      steps.add(
          arena.matmul(
              Factor.of(Views.rows(hidden, rows.first, end)),
              Factor.transposed(outWeight),
              Views.columns(Views.rows(weights, rows.first, end), 0, layout.size()),
              Sum.ADD));
      for (int place = rows.first; place < end; place++) {
        steps.add(layout.completeAdjoints(arena, kept.get(place).weights()));
      }
      return Kernel.sequence(steps);
    }

    @Override
    public void clearGradient() {
      clearGradients.run();
      kept.forEach(TimeWeights::clearDerivedGradient);
      isFolded = false;
      Arrays.fill(unitGradient, 0);
    }

    /** Takes the gradients of the times kept to the parameters, and clears them. */
    private void fold() {
      for (int place = 0; place < places.size(); place++) {
        kept.get(place).foldDerived();
      }
      (isFolded ? foldNext : foldFirst).run();
      isFolded = true;
      foldHidden.run();
      double[] slopes = HostValues.of(back);
      double[] values = HostValues.of(hidden);
      places.forEach(
          (t, place) -> {
            for (int i = 0; i < hyper; i++) {
              double value = values[place * hyper + i];
              double slope = slopes[place * hyper + i] * (1 - value * value);
              unitGradient[i] += slope * t;
              unitGradient[hyper + i] += slope;
            }
          });
      clearGradients.run();
    }

    @Override
    public void store(INDArray to, long offset) {
      fold();
      HostValues.copy(unitGradient, unitGradients);
      store.run(to, offset);
    }
  }
}
