package org.rgflow.flow;

import java.util.SplittableRandom;
import org.rgflow.flow.velocity.VelocityConfig;

/** How parameters are drawn before training. */
public enum Initialisation {
  /** Uniform in +-1/sqrt(fan in) for every weight and bias. */
  UNIFORM {
    @Override
    void drawHypernetworkOutput(
        FlowConfig config, double[] weight, double[] bias, SplittableRandom random) {
      double bound = 1 / Math.sqrt(config.hyper());
      drawUniform(weight, 0, weight.length, bound, random);
      drawUniform(bias, 0, bias.length, bound, random);
    }
  },
  /**
   * As {@link #UNIFORM} without time dependence; with it, the hypernetwork's output bias holds
   * weights drawn for a network without time dependence, its output weights are as small as those,
   * the last convolution is ten times smaller still, and the skip is none: the flow starts near the
   * identity.
   */
  STATIC {
    @Override
    void drawHypernetworkOutput(
        FlowConfig config, double[] weight, double[] bias, SplittableRandom random) {
      VelocityConfig velocity = config.velocity();
      int q = config.hyper();
      int at = 0;
      for (int k = 0; k < velocity.convolutions(); k++) {
        int[] shape = velocity.weightShape(k);
        int fanIn = shape[1] * velocity.taps();
        int beside = k == 0 ? velocity.positions() + velocity.classes() : 0;
        int count = shape[0] * (fanIn + (velocity.bias() ? 1 : 0) + beside);
        double scale = k == velocity.convolutions() - 1 ? LAST_SCALE : 1;
        double bound = scale / Math.sqrt(fanIn);
        drawUniform(bias, at, count, bound, random);
        drawUniform(weight, at * q, count * q, bound / Math.sqrt(q), random);
        at += count;
      }
    }
  };

  private static final double LAST_SCALE = 0.1;

  abstract void drawHypernetworkOutput(
      FlowConfig config, double[] weight, double[] bias, SplittableRandom random);

  /** Parameters in the order of {@link ParameterLayout}: a function of configuration and seed. */
  public double[] draw(FlowConfig config, long seed) {
    ParameterLayout layout = new ParameterLayout(config);
    double[] all = new double[Math.toIntExact(layout.size())];
    SplittableRandom random = new SplittableRandom(seed);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      int at = (int) tensor.offset();
      if (tensor.name().endsWith("hyper.out.weight")) {
        double[] weight = new double[tensor.length()];
        double[] bias = new double[tensor.length() / config.hyper()];
        drawHypernetworkOutput(config, weight, bias, random);
        System.arraycopy(weight, 0, all, at, weight.length);
        System.arraycopy(bias, 0, all, at + weight.length, bias.length);
      } else if (!tensor.name().endsWith("hyper.out.bias")) {
        drawUniform(all, at, tensor.length(), 1 / Math.sqrt(tensor.fanIn()), random);
      }
    }
    return all;
  }

  private static void drawUniform(
      double[] to, int from, int count, double bound, SplittableRandom random) {
    for (int i = from; i < from + count; i++) {
      to[i] = bound * (2 * random.nextDouble() - 1);
    }
  }
}
