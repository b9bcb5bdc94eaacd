package org.rgflow.flow;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

/** Describes a small model, and draws its parameters and inputs from fixed seeds. */
public final class SmallModel {
  private int channels = 1;
  private final int[] shape;
  private int stride = 2;
  private int[] hidden = {4};
  private int kernel = 3;
  private Padding padding = Padding.CIRCULAR;
  private Activation activation = Activation.TANH;
  private boolean bias = true;
  private int hyper;
  private Base base = Base.NORMAL;
  private int position;
  private int blocks = 1;
  private boolean skip;
  private List<String> classes = List.of();
  private Coarsening coarsening = Coarsening.DECIMATION;

  private SmallModel(int... shape) {
    this.shape = shape;
  }

  /** One channel, hidden [4], kernel 3, circular, tanh, bias, weights constant in time. */
  public static SmallModel on(int... shape) {
    return new SmallModel(shape);
  }

  public SmallModel channels(int value) {
    channels = value;
    return this;
  }

  public SmallModel stride(int value) {
    stride = value;
    return this;
  }

  public SmallModel hidden(int... value) {
    hidden = value;
    return this;
  }

  public SmallModel kernel(int value) {
    kernel = value;
    return this;
  }

  public SmallModel padding(Padding value) {
    padding = value;
    return this;
  }

  public SmallModel activation(Activation value) {
    activation = value;
    return this;
  }

  public SmallModel withoutBias() {
    bias = false;
    return this;
  }

  public SmallModel hyper(int value) {
    hyper = value;
    return this;
  }

  public SmallModel base(Base value) {
    base = value;
    return this;
  }

  public SmallModel position(int harmonics) {
    position = harmonics;
    return this;
  }

  public SmallModel blocks(int value) {
    blocks = value;
    return this;
  }

  public SmallModel coarsening(Coarsening value) {
    coarsening = value;
    return this;
  }

  public SmallModel skip(boolean value) {
    skip = value;
    return this;
  }

  /** So many, named by their numbers. */
  public SmallModel classes(int count) {
    classes = IntStream.range(0, count).mapToObj(String::valueOf).toList();
    return this;
  }

  public FlowConfig config() {
    return new FlowConfig(
        channels,
        shape,
        stride,
        hidden,
        kernel,
        padding,
        activation,
        bias,
        hyper,
        base,
        position,
        coarsening,
        blocks,
        skip,
        classes);
  }

  /** The flow whose parameters are all 0; the caller closes it. */
  static Flow flowOfNoWeights(FlowConfig model) {
    Flow flow =
        new Flow(
            model,
            SolverConfig.fixed(Method.EULER, 1),
            DivergenceConfig.of(DivergenceConfig.Kind.COLOURED),
            false,
            DataType.DOUBLE);
    flow.load(vector(new double[(int) flow.layout().size()]));
    return flow;
  }

  /** Every tensor uniform in +-1/sqrt(fan in). */
  public static double[] parameters(FlowConfig config, long seed) {
    ParameterLayout layout = new ParameterLayout(config);
    double[] parameters = new double[(int) layout.size()];
    Random random = new Random(seed);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      double bound = 1 / Math.sqrt(tensor.fanIn());
      for (int i = 0; i < tensor.length(); i++) {
        parameters[(int) tensor.offset() + i] = bound * (2 * random.nextDouble() - 1);
      }
    }
    return parameters;
  }

  /** Parameters that are NaN. */
  static INDArray notNumbers(FlowConfig config) {
    double[] parameters = new double[(int) new ParameterLayout(config).size()];
    Arrays.fill(parameters, Double.NaN);
    return vector(parameters);
  }

  /** Standard normal values, (rows, columns). */
  public static INDArray normal(int rows, int columns, long seed, DataType type) {
    return HostValues.toArray(normal(rows * columns, seed), type, rows, columns);
  }

  /** Standard normal values. */
  public static double[] normal(int count, long seed) {
    Random random = new Random(seed);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextGaussian();
    }
    return values;
  }

  /** A vector as ND4J has it. */
  public static INDArray vector(double... values) {
    return HostValues.toArray(values, DataType.DOUBLE, values.length);
  }
}
