package org.rgflow.spark.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Density;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;

/**
 * log p of examples, of a model of classes log p(x | class), each a function of the example, the
 * model and this configuration alone.
 *
 * <p>The flow always sees batches of one size, a short one filled up with copies of its last
 * example, so that no score depends on how many others there were. Noise is keyed by the example.
 */
public final class BatchScorer implements Serializable {
  private static final long serialVersionUID = 1L;

  private final FlowConfig model;
  private final SolverConfig solver;
  private final DivergenceConfig divergence;
  private final ExampleTransform transform;
  private final int batch;
  private final long seed;

  /**
   * @param divergence resolved for scoring here: {@code AUTO} is exact
   * @param batch examples the flow sees at once; an adaptive solver, which chooses its steps by the
   *     whole batch, sees one
   */
  public BatchScorer(
      FlowConfig model,
      SolverConfig solver,
      DivergenceConfig divergence,
      ExampleTransform transform,
      int batch,
      long seed) {
    this.model = model;
    this.solver = solver;
    this.divergence = divergence.resolve(model.velocity(), DivergenceConfig.Use.SCORING);
    this.transform = transform;
    this.batch = solver.method().isAdaptive() ? 1 : batch;
    this.seed = seed;
  }

  /** Examples the flow sees at once. */
  public int batch() {
    return batch;
  }

  /**
   * This scorer, or on a machine whose products round an example by its place in a batch one that
   * sees examples singly.
   *
   * @param flow of {@link #open}, which both score with
   */
  public BatchScorer onThisMachine(Flow flow) {
    return batch == 1 || flow.isPlaceIndependent(batch) ? this : singly();
  }

  /** This scorer, seeing examples one at a time. */
  public BatchScorer singly() {
    return batch == 1 ? this : new BatchScorer(model, solver, divergence, transform, 1, seed);
  }

  /** A flow with these parameters, to score with; the caller closes it. */
  public Flow open(double[] parameters) {
    return Flow.open(model, solver, divergence, parameters);
  }

  /**
   * log p of 1 to {@link #batch()} examples in nats, of the data itself: the transform's log
   * determinant is in it.
   *
   * @param draw number of the draw of dequantisation noise and probes
   */
  public double[] logProb(Flow flow, List<Example> examples, long draw) {
    return density(flow, examples, draw).logProb();
  }

  /** {@link #logProb} by levels, the finest of which has the transform's log determinant. */
  public Density density(Flow flow, List<Example> examples, long draw) {
    if (examples.isEmpty() || examples.size() > batch) {
      throw new IllegalArgumentException(
          "examples must be in [1, " + batch + "], was " + examples.size());
    }
    int dimensions = model.dimensions();
    int probeSize = flow.probeSize();
    double[] input = new double[batch * dimensions];
    double[] probes = new double[batch * probeSize];
    double[] logDet = new double[examples.size()];
    for (int n = 0; n < batch; n++) {
      int source = Math.min(n, examples.size() - 1);
      Example example = examples.get(source);
      long key = KeyedNoise.key(example.key());
      logDet[source] =
          ExampleNoise.fillInput(example, transform, seed, key, draw, input, n * dimensions);
      ExampleNoise.fillProbes(
          divergence.noise(), seed, key, draw, probes, n * probeSize, probeSize);
    }
    if (!model.classes().isEmpty()) {
      int[] classes = ExampleClasses.of(model, examples);
      int last = classes.length - 1;
      flow.condition(IntStream.range(0, batch).map(n -> classes[Math.min(n, last)]).toArray());
    }
    Density all = density(flow, input, probes);
    double[][] levels = new double[all.levels().length][];
    Arrays.setAll(levels, l -> Arrays.copyOf(all.levels()[l], examples.size()));
    for (int n = 0; n < logDet.length; n++) {
      levels[0][n] += logDet[n];
    }
    return new Density(levels, Arrays.copyOf(all.latents(), examples.size()));
  }

  /** The arrays are closed at once: the collector does not know what they hold off the heap. */
  private Density density(Flow flow, double[] input, double[] probes) {
    try (INDArray x = Nd4j.createFromArray(input)) {
      INDArray rows = x.reshape(batch, model.dimensions());
      if (probes.length == 0) {
        return flow.density(rows, null);
      }
      try (INDArray p = Nd4j.createFromArray(probes)) {
        return flow.density(rows, p.reshape(batch, flow.probeSize()));
      }
    }
  }
}
