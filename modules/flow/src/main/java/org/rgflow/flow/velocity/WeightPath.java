package org.rgflow.flow.velocity;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Views;

/**
 * The weights of a velocity as a function of time: constant, or p(t) = W_out tanh(W_h t + b_h) +
 * b_out.
 */
public abstract class WeightPath {
  private final Map<Double, INDArray> cache = new LinkedHashMap<>();
  private static final int CACHED_TIMES = 128;

  WeightPath() {}

  /**
   * A path for a network.
   *
   * @param hyper q, or 0 for weights that do not depend on time
   */
  public static WeightPath create(VelocityConfig config, int hyper, Arena arena) {
    return hyper == 0 ? new StaticWeights(config, arena) : new Hypernetwork(config, hyper, arena);
  }

  /** Reads the parameters from a vector, from {@code offset} on. */
  public final void load(INDArray parameters, long offset) {
    cache.clear();
    read(parameters, offset);
  }

  /** Puts the weights at a time into a velocity. */
  public final void apply(double t, Velocity velocity) {
    INDArray weights = cache.get(t);
    if (weights == null) {
      if (cache.size() >= CACHED_TIMES) {
        cache.clear();
      }
      weights = at(t);
      cache.put(t, weights);
    }
    velocity.weights().assign(weights);
    velocity.weightGradient().assign(0);
  }

  /** Adds the gradient of the weights that a velocity holds for a time to the parameters' own. */
  public abstract void collect(double t, Velocity velocity);

  /** Starts a gradient from zero. */
  public abstract void clearGradient();

  /** Writes the gradient of the parameters to a vector, from {@code offset} on. */
  public abstract void store(INDArray gradient, long offset);

  abstract void read(INDArray parameters, long offset);

  /** A new array: the weights in the layout's order. */
  abstract INDArray at(double t);

  /** Constant weights. */
  private static final class StaticWeights extends WeightPath {
    private final WeightLayout layout;
    private final long size;
    private final INDArray weights;
    private final INDArray gradient;

    StaticWeights(VelocityConfig config, Arena arena) {
      this.layout = new WeightLayout(config);
      this.size = config.size();
      this.weights = arena.zeros(layout.size());
      this.gradient = arena.zeros(layout.size());
    }

    @Override
    void read(INDArray parameters, long offset) {
      layout.copy(
          Views.block(parameters, offset, size), weights, 1, WeightLayout.Direction.TO_LAYOUT);
    }

    @Override
    INDArray at(double t) {
      return weights;
    }

    @Override
    public void collect(double t, Velocity velocity) {
      gradient.addi(velocity.weightGradient());
    }

    @Override
    public void clearGradient() {
      gradient.assign(0);
    }

    @Override
    public void store(INDArray to, long offset) {
      layout.copy(Views.block(to, offset, size), gradient, 1, WeightLayout.Direction.TO_PARAMETERS);
    }
  }

  /** p(t) = W_out tanh(W_h t + b_h) + b_out, its output in the layout's order. */
  private static final class Hypernetwork extends WeightPath {
    private final int hyper;
    private final long size;
    private final WeightLayout layout;
    private double[] hiddenWeight;
    private double[] hiddenBias;
    private final double[] hiddenWeightGradient;
    private final double[] hiddenBiasGradient;
    private final INDArray outWeight;
    private final INDArray outBias;
    private final INDArray outWeightGradient;
    private final INDArray outBiasGradient;

    Hypernetwork(VelocityConfig config, int hyper, Arena arena) {
      this.hyper = hyper;
      this.size = config.size();
      this.layout = new WeightLayout(config);
      this.hiddenWeightGradient = new double[hyper];
      this.hiddenBiasGradient = new double[hyper];
      this.outWeight = arena.zeros(layout.size(), hyper);
      this.outBias = arena.zeros(layout.size());
      this.outWeightGradient = arena.zeros(layout.size(), hyper);
      this.outBiasGradient = arena.zeros(layout.size());
    }

    private INDArray block(INDArray vector, long from, long count) {
      return Views.block(vector, from, count);
    }

    @Override
    void read(INDArray parameters, long offset) {
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

    private INDArray hidden(double t) {
      double[] h = new double[hyper];
      for (int i = 0; i < hyper; i++) {
        h[i] = Math.tanh(hiddenWeight[i] * t + hiddenBias[i]);
      }
      return HostValues.toArray(h, outWeight.dataType(), hyper, 1);
    }

    @Override
    INDArray at(double t) {
      return outWeight.mmul(hidden(t)).reshape(layout.size()).addi(outBias);
    }

    @Override
    public void collect(double t, Velocity velocity) {
      INDArray g = velocity.weightGradient();
      INDArray h = hidden(t);
      outBiasGradient.addi(g);
      outWeightGradient.addi(g.reshape(layout.size(), 1).mmul(h.reshape(1, hyper)));
      double[] back = HostValues.of(g.reshape(1, layout.size()).mmul(outWeight));
      double[] value = HostValues.of(h);
      for (int i = 0; i < hyper; i++) {
        double slope = back[i] * (1 - value[i] * value[i]);
        hiddenWeightGradient[i] += slope * t;
        hiddenBiasGradient[i] += slope;
      }
    }

    @Override
    public void clearGradient() {
      outWeightGradient.assign(0);
      outBiasGradient.assign(0);
      Arrays.fill(hiddenWeightGradient, 0);
      Arrays.fill(hiddenBiasGradient, 0);
    }

    @Override
    public void store(INDArray to, long offset) {
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
