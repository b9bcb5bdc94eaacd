package org.rgflow.spark.inpaint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Hole;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.PixelTransform;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.LatentLevels;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.model.ExampleNoise;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.physics.LatentBatches;
import org.rgflow.spark.physics.LatentDrawsJob;

/**
 * Fills a hole of images, some draws to each: what an image is given depends on its key, the draw
 * and the configuration, not on the other images.
 */
public final class Inpainting implements LatentBatches {
  private static final long serialVersionUID = 1L;

  /** Draws that walk together: enough for half of the engine's speed. */
  private static final int BATCH = 16;

  private final FlowConfig model;
  private final PixelTransform transform;
  private final SolverConfig solver;
  private final InpaintingConfig config;
  private final Hole hole;
  private final List<String> keys = new ArrayList<>();
  private final List<byte[]> images = new ArrayList<>();

  /**
   * The filling of a hole; nothing happens yet.
   *
   * @param model of pixels
   * @param images of the model's shape, which is the hole's
   */
  public Inpainting(
      FlowModel model,
      SolverConfig solver,
      InpaintingConfig config,
      Hole hole,
      List<Example> images) {
    this.model = model.layer().flow();
    this.transform = model.pixelTransform();
    this.solver = solver;
    this.config = config;
    this.hole = hole;
    for (Example image : images) {
      image.geometry().requireSame(image.key(), model.shape());
      this.keys.add(image.key());
      this.images.add(image.pixels());
    }
  }

  /** Fills the hole of every image. */
  public Inpainted run(LatentDrawsJob job, double[] parameters) {
    double[][] found = job.evaluate(this, parameters, items());
    int dimensions = model.dimensions();
    List<Inpainted.Draw> draws = new ArrayList<>();
    for (int item = 0; item < items(); item++) {
      int at = item;
      double[] column = Arrays.stream(found).mapToDouble(row -> row[at]).toArray();
      byte[] inside = new byte[dimensions];
      transform.inverse(column, 0, inside);
      int image = item / config.draws();
      draws.add(
          new Inpainted.Draw(
              image,
              hole.patched(images.get(image), inside),
              column[dimensions],
              column[dimensions + 1],
              Arrays.stream(column, dimensions + 2, column.length)
                  .mapToInt(count -> (int) count)
                  .toArray()));
    }
    return new Inpainted(draws, LatentLevels.of(model));
  }

  private int items() {
    return images.size() * config.draws();
  }

  @Override
  public int batches(int items) {
    return (items - 1) / BATCH + 1;
  }

  /** x of each draw, its misfit and acceptance, and how many latents of each level were drawn. */
  @Override
  public double[][] evaluate(double[] parameters, int... batches) {
    int rows = model.dimensions() + 2 + LatentLevels.of(model).count();
    double[][] found = new double[rows][BATCH * batches.length];
    DivergenceConfig unused = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    try (Flow flow = Flow.open(model, solver, unused, parameters)) {
      // where a product rounds a row by its place, draws walk alone
      int together = flow.isPlaceIndependent(BATCH) ? BATCH : 1;
      for (int i = 0; i < batches.length; i++) {
        Map<Integer, Posterior> posteriors = new HashMap<>();
        int asked = together == 1 ? Math.min(BATCH, items() - batches[i] * BATCH) : BATCH;
        for (int at = 0; at < asked; at += together) {
          draw(flow, posteriors, batches[i] * BATCH + at, together, found, i * BATCH + at);
        }
      }
    }
    return found;
  }

  private void draw(
      Flow flow,
      Map<Integer, Posterior> posteriors,
      int first,
      int count,
      double[][] found,
      int at) {
    List<Posterior> ofChains = new ArrayList<>();
    long[] chains = new long[count];
    for (int n = 0; n < count; n++) {
      int item = Math.min(first + n, items() - 1); // the last batch is filled up
      int image = item / config.draws();
      ofChains.add(posteriors.computeIfAbsent(image, i -> posterior(flow, i)));
      chains[n] = key(image) + item % config.draws();
    }
    ConditionalSampler.Draws drawn = draw(flow, ofChains, chains);
    int dimensions = model.dimensions();
    LatentLevels levels = LatentLevels.of(model);
    for (int n = 0; n < count; n++) {
      for (int v = 0; v < dimensions; v++) {
        found[v][at + n] = drawn.x()[n * dimensions + v];
      }
      found[dimensions][at + n] = drawn.misfits()[n];
      found[dimensions + 1][at + n] = drawn.acceptances()[n];
      int[] touched = ofChains.get(n).cone().perLevel(levels);
      for (int l = 0; l < touched.length; l++) {
        found[dimensions + 2 + l][at + n] = touched[l];
      }
    }
  }

  private long key(int image) {
    return KeyedNoise.key(keys.get(image));
  }

  private Posterior posterior(Flow flow, int image) {
    double[] y = new double[model.dimensions()];
    KeyedNoise noise = ExampleNoise.dequantisation(config.seed(), key(image), 0);
    transform.forward(hole.filled(images.get(image)), model.channels(), noise, y, 0);
    return Posterior.of(flow, config, y, hole.values(), key(image));
  }

  private ConditionalSampler.Draws draw(Flow flow, List<Posterior> posteriors, long[] chains) {
    try {
      return new ConditionalSampler(flow, config).draw(posteriors, chains);
    } catch (SolveException e) {
      throw new DataException(
          "a trajectory left what can be solved: raise inpaint.noise, was "
              + config.noise()
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }
}
