package org.rgflow.flow.velocity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * The velocity network of one level, bound to a batch size: its weights at one time and the arrays
 * that all its stages share.
 */
public abstract class Velocity {
  private final VelocityConfig config;
  private final PaddedGrid grid;
  private final INDArray mask;
  private final INDArray weights;
  private final INDArray weightGradient;
  private final Kernel clearGradient;
  private final INDArray input;
  private final INDArray probeAndResponse;
  private final INDArray probe;
  private final INDArray response;
  private final INDArray responseCotangent;
  private final INDArray valueCotangent;
  private final INDArray inputCotangent;
  private final INDArray classFlags;
  private final List<Kernel> spreadClassFlags = new ArrayList<>();
  private int[] classes;
  private final Map<TimeWeights, Binding> bindings = new IdentityHashMap<>();
  private TimeWeights current;
  private long currentVersion;

  private record Binding(Kernel load, Kernel collect) {}

  Velocity(VelocityConfig config, PaddedGrid grid, double[] mask) {
    this.config = config;
    this.grid = grid;
    Arena arena = grid.arena();
    WeightLayout layout = new WeightLayout(config);
    this.weights = arena.zeros(layout.extendedSize());
    this.weightGradient = arena.zeros(layout.size());
    this.clearGradient = arena.fill(weightGradient, 0);
    this.mask = maskPlane(mask);
    this.input = grid.planes(config.channels());
    long length = input.length();
    this.probeAndResponse = arena.zeros(2, length);
    this.probe = Views.block(probeAndResponse, 0, input.shape());
    this.response = Views.block(probeAndResponse, length, input.shape());
    this.responseCotangent = grid.planes(config.channels());
    this.valueCotangent = grid.planes(config.channels());
    this.inputCotangent = grid.planes(config.channels());
    this.classFlags = config.classes() > 0 ? grid.planes(config.classes()) : null;
  }

  /**
   * The network on a grid.
   *
   * @param lengths sites per axis
   * @param mask 1 at coarse sites, else 0, row-major
   */
  public static Velocity create(
      VelocityConfig config, Arena arena, int batch, int[] lengths, double[] mask) {
    PaddedGrid grid = new PaddedGrid(arena, batch, lengths, config.kernel(), config.padding());
    return config.hidden().length == 0
        ? new LinearVelocity(config, grid, mask)
        : new ConvolutionalVelocity(config, grid, mask);
  }

  private INDArray maskPlane(double[] sites) {
    INDArray plane = grid.planes(1);
    setEveryExample(plane, 0, sites);
    grid.haloOfPlanes(plane).fill();
    return plane;
  }

  /** Sets one channel of every example to the same values, row-major over the sites. */
  final void setEveryExample(INDArray planes, int channel, double[] sites) {
    INDArray interior = Views.slice(grid.interior(planes), 0, channel, 1, 1);
    long[] one = interior.shape().clone();
    one[1] = 1;
    INDArray values = HostValues.toArray(sites, planes.dataType(), one);
    for (int n = 0; n < grid.batch(); n++) {
      Views.slice(interior, 1, n, 1, 1).assign(values);
    }
  }

  /**
   * New planes for what the first convolution reads: rows for the data per tap, to be filled, then
   * the mask per tap, ones for the bias, the functions of the position, and for each class ones at
   * its examples.
   */
  final INDArray newInputTaps() {
    int taps = config.taps();
    int channels = config.channels();
    double[][] positions = config.positionsOn(grid.lengths());
    int ones = (channels + 1) * taps;
    int firstClass = ones + 1 + positions.length;
    INDArray rows = grid.planes(firstClass + config.classes());
    INDArray maskTaps = Views.rows(rows, (long) channels * taps, ones);
    Unfold.taps(grid, mask, maskTaps, 1).run();
    grid.shiftedPlane(rows, ones, 0).assign(1);
    for (int i = 0; i < positions.length; i++) {
      setEveryExample(rows, ones + 1 + i, positions[i]);
    }
    if (config.classes() > 0) {
      Kernel spread =
          grid.arena()
              .copy(classFlags, Views.rows(rows, firstClass, firstClass + config.classes()));
      spread.run();
      spreadClassFlags.add(spread);
    }
    return rows;
  }

  /**
   * Sets the class of each example, for the evaluations that follow.
   *
   * @param classes each in [0, classes of the network); not read of a network without classes
   */
  public final void setClasses(int[] classes) {
    if (classFlags == null || Arrays.equals(classes, this.classes)) {
      return;
    }
    this.classes = classes.clone();
    double[] flags = new double[config.classes() * grid.rows()];
    for (int n = 0; n < classes.length; n++) {
      int from = grid.firstCell(classes[n], n);
      Arrays.fill(flags, from, from + grid.cells(), 1);
    }
    HostValues.copy(flags, classFlags);
    spreadClassFlags.forEach(Kernel::run);
  }

  /** A new stage that keeps its own activations. */
  public abstract Stage newStage();

  public final VelocityConfig config() {
    return config;
  }

  public final PaddedGrid grid() {
    return grid;
  }

  INDArray mask() {
    return mask;
  }

  /** Takes the weights of a time. */
  final void use(TimeWeights weights) {
    if (current != weights || currentVersion != weights.version()) {
      current = weights;
      currentVersion = weights.version();
      binding().load.run();
    }
  }

  /** The weights in use, with what follows from them. */
  final TimeWeights current() {
    return current;
  }

  /** Adds the gradient that stages left to that of the weights in use, and clears it. */
  public final void collectGradient() {
    binding().collect.run();
    clearGradient.run();
  }

  private Binding binding() {
    return bindings.computeIfAbsent(
        current,
        time ->
            new Binding(
                grid.arena().copy(time.weights(), weights),
                grid.arena().add(time.gradient(), weightGradient, time.gradient())));
  }

  /** Drops the gradient that stages left, and what divergences added for one that never came. */
  public final void clearGradient() {
    clearGradient.run();
    clearCotangents();
  }

  /** Drops the cotangents that divergences added. */
  abstract void clearCotangents();

  /** The weights that stages use, in the layout's order; a {@link WeightPath} fills them. */
  final INDArray weights() {
    return weights;
  }

  /** Where stages add the gradient of the weights. */
  final INDArray weightGradient() {
    return weightGradient;
  }

  /** x, planes: set it before a stage's forward; the stage fills its halo. */
  public final INDArray input() {
    return input;
  }

  /** e, planes without values in the halo. */
  final INDArray probe() {
    return probe;
  }

  /** (dv/dx)^T e, planes without values in the halo. */
  final INDArray response() {
    return response;
  }

  /** Both as rows, (2, length). */
  final INDArray probeAndResponse() {
    return probeAndResponse;
  }

  final INDArray responseCotangent() {
    return responseCotangent;
  }

  /** The cotangent of v, planes without values in the halo: set it before a stage's gradient. */
  public final INDArray valueCotangent() {
    return valueCotangent;
  }

  /** The cotangent of x, planes without values in the halo: a stage's gradient sets it. */
  public final INDArray inputCotangent() {
    return inputCotangent;
  }
}
