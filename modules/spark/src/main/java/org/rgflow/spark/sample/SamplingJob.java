package org.rgflow.spark.sample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.PixelTransform;
import org.rgflow.data.ValueTransform;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.model.FlowModel;

/**
 * Draws samples: sample i is decoded from latents keyed by (seed, i), of a model of classes as one
 * of class i modulo their number.
 *
 * <p>Batch b decodes the samples from b B to (b + 1) B, also those beyond the last one asked for,
 * so a sample depends neither on partitions nor on how many are drawn.
 */
public final class SamplingJob {
  private final SparkSession spark;
  private final FlowModel model;
  private final SamplingConfig config;

  /** A job; nothing happens before one of its calls. */
  public SamplingJob(SparkSession spark, FlowModel model, SamplingConfig config) {
    this.spark = spark;
    this.model = model;
    this.config = config;
  }

  /**
   * Samples as pixels, each planar (C, *shape), by the inverse of the model's pixel transform.
   *
   * @throws IllegalArgumentException if the model is of real values
   * @throws SolveException if the model cannot be solved
   */
  public List<byte[]> pixels(int n, int partitions) {
    PixelTransform transform = model.pixelTransform();
    requireOneArray(n, Byte.BYTES);
    int dimensions = model.shape().dimensions();
    List<byte[]> samples = new ArrayList<>();
    for (byte[] batch : batches(n, partitions, values -> pixels(values, transform, dimensions))) {
      for (int at = 0; at < batch.length && samples.size() < n; at += dimensions) {
        samples.add(Arrays.copyOfRange(batch, at, at + dimensions));
      }
    }
    return samples;
  }

  private static byte[] pixels(float[] values, PixelTransform transform, int dimensions) {
    byte[] pixels = new byte[values.length];
    byte[] sample = new byte[dimensions];
    for (int at = 0; at < values.length; at += dimensions) {
      transform.inverse(values, at, sample);
      System.arraycopy(sample, 0, pixels, at, dimensions);
    }
    return pixels;
  }

  /**
   * Samples as real values, (n, C, *shape) row-major; of a model of pixels as the flow's x.
   *
   * @throws SolveException if the model cannot be solved
   */
  public float[] values(int n, int partitions) {
    requireOneArray(n, Float.BYTES);
    ExampleTransform transform = model.transform();
    int dimensions = model.shape().dimensions();
    float[] all = new float[n * dimensions];
    int at = 0;
    for (float[] batch : batches(n, partitions, x -> values(x, transform, dimensions))) {
      int length = Math.min(batch.length, all.length - at);
      System.arraycopy(batch, 0, all, at, length);
      at += length;
    }
    return all;
  }

  /** A batch of examples, whose channels begin anew with each. */
  private static float[] values(float[] x, ExampleTransform transform, int dimensions) {
    if (!(transform instanceof ValueTransform values)) {
      return x;
    }
    float[] all = new float[x.length];
    float[] sample = new float[dimensions];
    for (int at = 0; at < x.length; at += dimensions) {
      values.inverse(x, at, sample);
      System.arraycopy(sample, 0, all, at, dimensions);
    }
    return all;
  }

  /** Before they are drawn: nobody could write them. */
  private void requireOneArray(int n, int bytes) {
    int most = (Integer.MAX_VALUE - 8) / bytes / model.shape().dimensions();
    if (n > most) {
      throw new IllegalArgumentException(
          "sample.count must be at most "
              + most
              + " of samples of "
              + model.shape()
              + ", which are one array, was "
              + n);
    }
  }

  /** Every batch that holds one of the first n samples, in order, turned in the task. */
  private <T> List<T> batches(int n, int partitions, Function<float[], T> turned) {
    if (n < 1 || partitions < 1) {
      throw new IllegalArgumentException(
          "samples and partitions must be at least 1, were " + n + " and " + partitions);
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<double[]> parameters = context.broadcast(model.parameters());
    Sampler sampler = new Sampler(model.layer().flow(), config);
    int count = (int) ((n - 1L) / config.batch() + 1);
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    try {
      JavaRDD<float[]> drawn =
          context
              .parallelize(numbers, Math.min(partitions, count))
              .mapPartitions(some -> sampler.draw(some, parameters.value()));
      return drawn.map(turned).collect();
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    } finally {
      parameters.destroy();
    }
  }
}
