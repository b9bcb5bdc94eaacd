package org.rgflow.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;
import org.rgflow.flow.velocity.ExampleSums;
import org.rgflow.flow.velocity.Stage;
import org.rgflow.flow.velocity.Velocity;
import org.rgflow.flow.velocity.WeightPath;

/** One level of {@link FlowMatching}: its data and paths for a whole batch, slice by slice. */
final class LevelMatching {
  private final Partition partition;
  private final int channels;
  private final int batch;
  private final int times;
  private final List<WeightPath> blocks;
  private final HaarStep averages;

  /** (channels, batch, sites) on the host: the data, and the displacement x1 - x0. */
  private final double[] data;

  private final double[] displacement;

  /** The same where the slices read it, (channels, batch, *grid). */
  private final INDArray start;

  private final INDArray path;
  private final List<Slice> slices = new ArrayList<>();
  private int[] classes;

  /** Examples from {@code first} on, and how they get to their regression. */
  private record Slice(int first, Regression regression, Kernel load) {}

  LevelMatching(
      Partition partition,
      FlowConfig config,
      List<WeightPath> blocks,
      Arena arena,
      int batch,
      int times) {
    this.partition = partition;
    this.channels = config.channels();
    this.batch = batch;
    this.classes = new int[batch];
    this.times = times;
    this.blocks = blocks;
    this.averages = HaarStep.of(config, partition);
    this.data = new double[channels * batch * partition.sites()];
    this.displacement = new double[data.length];
    this.start = arena.zeros(partition.shape(channels, batch));
    this.path = arena.zeros(partition.shape(channels, batch));
    Slices cuts = Slices.thatStayInCache(config, partition, batch).within(times);
    Map<Integer, Regression> regressions = new HashMap<>();
    for (int i = 0; i < cuts.count(); i++) {
      Regression regression =
          regressions.computeIfAbsent(cuts.size(i), size -> new Regression(config, arena, size));
      slices.add(new Slice(cuts.first(i), regression, load(arena, cuts.first(i), regression)));
    }
  }

  private Kernel load(Arena arena, int first, Regression regression) {
    return Kernel.sequence(
        List.of(
            () ->
                regression.velocity.setClasses(
                    Arrays.copyOfRange(classes, first, first + regression.size)),
            arena.copy(Views.slice(start, 1, first, regression.size, 1), regression.interiors[0]),
            arena.copy(Views.slice(path, 1, first, regression.size, 1), regression.interiors[1])));
  }

  int residualSites() {
    return partition.residual().length;
  }

  /** Sets the class of each example. */
  void setClasses(int[] classes) {
    this.classes = classes;
  }

  /** Takes what the level begins with in the order of examples, (batch, channels, sites). */
  void setData(double[] examples) {
    int sites = partition.sites();
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        System.arraycopy(
            examples, (n * channels + c) * sites, data, (c * batch + n) * sites, sites);
      }
    }
    if (averages != null) {
      averages.apply(data);
    }
    HostValues.copy(data, start);
  }

  /** What the next level begins with, in the order of examples. */
  double[] coarse() {
    int sites = partition.sites();
    int[] coarse = partition.coarse();
    double[] values = new double[batch * channels * coarse.length];
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        for (int i = 0; i < coarse.length; i++) {
          values[(n * channels + c) * coarse.length + i] =
              data[(c * batch + n) * sites + coarse[i]];
        }
      }
    }
    return values;
  }

  /** Takes e from latents in the order of examples, (batch, channels, all sites). */
  void setNoise(double[] latents, int firstLatent) {
    int sites = partition.sites();
    int allSites = latents.length / (batch * channels);
    int[] residual = partition.residual();
    Arrays.fill(displacement, 0);
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        int row = (c * batch + n) * sites;
        for (int i = 0; i < residual.length; i++) {
          double e = latents[(n * channels + c) * allSites + firstLatent + i];
          displacement[row + residual[i]] = e - data[row + residual[i]];
        }
      }
    }
    HostValues.copy(displacement, path);
  }

  /** Mean over examples, channels and sites of the squared deviation; adds its gradient. */
  double loss(double[] t, boolean gradient) {
    double weight = 1.0 / data.length;
    double sum = 0;
    prepareWeights(t);
    Slices groups = new Slices(batch, times);
    for (Slice slice : slices) {
      slice.load.run();
      sum += slice.regression.run(t[groups.of(slice.first)], weight, gradient);
    }
    return sum * weight;
  }

  private void prepareWeights(double[] t) {
    for (int b = 0; b < blocks.size(); b++) {
      int block = b;
      blocks
          .get(b)
          .prepare(
              Arrays.stream(t)
                  .filter(time -> block(time) == block)
                  .map(this::timeWithinBlock)
                  .toArray());
    }
  }

  private int block(double t) {
    return Math.min((int) (t * blocks.size()), blocks.size() - 1);
  }

  private double timeWithinBlock(double t) {
    return t * blocks.size() - block(t);
  }

  /** The velocity's regression for a slice, its buffers bound. */
  private final class Regression {
    private final int size;
    private final Velocity velocity;
    private final Stage stage;

    /** Rows: x0, x1 - x0, v. */
    private final INDArray rows;

    private final INDArray[] interiors = new INDArray[2];
    private final INDArray inputWeights;
    private final INDArray deviationWeights;
    private final Kernel setInput;
    private final Kernel keepValue;
    private final Kernel setDeviation;
    private final ExampleSums squares;
    private final double[] sums;

    Regression(FlowConfig config, Arena arena, int size) {
      this.size = size;
      this.velocity =
          Velocity.create(config.velocity(), arena, size, partition.shape(), partition.mask());
      this.stage = velocity.newStage();
      long length = velocity.input().length();
      this.rows = arena.zeros(3, length);
      for (int i = 0; i < 2; i++) {
        interiors[i] =
            velocity.grid().interior(Views.block(rows, i * length, velocity.input().shape()));
      }
      this.inputWeights = arena.filled(1, 1, 2);
      this.deviationWeights = arena.zeros(1, 3);
      this.setInput =
          arena.combine(
              inputWeights, Views.rows(rows, 0, 2), Views.flat(velocity.input()), Sum.SET);
      this.keepValue =
          arena.copy(stage.value(), Views.block(rows, 2 * length, velocity.input().shape()));
      INDArray deviation = velocity.valueCotangent();
      this.setDeviation = arena.combine(deviationWeights, rows, Views.flat(deviation), Sum.SET);
      this.squares = new ExampleSums(velocity.grid(), deviation, deviation);
      this.sums = new double[size];
    }

    /**
     * Sum of the squared deviations of what has been loaded; adds {@code weight} times its
     * gradient.
     */
    double run(double t, double weight, boolean gradient) {
      inputWeights.putScalar(1, t);
      setInput.run();
      blocks.get(block(t)).apply(timeWithinBlock(t), velocity);
      stage.forward();
      keepValue.run();
      // B times the block's velocity v is compared with u: the gradient wants 2 weight B (B v - u),
      // of which the squares are scaled back
      double scale = 2 * weight * blocks.size();
      deviationWeights.putScalar(1, -scale);
      deviationWeights.putScalar(2, scale * blocks.size());
      setDeviation.run();
      Arrays.fill(sums, 0);
      squares.addTo(sums, 1 / (scale * scale));
      if (gradient) {
        stage.linearise();
        stage.gradientOfWeights();
        velocity.collectGradient();
      }
      return Arrays.stream(sums).sum();
    }
  }
}
