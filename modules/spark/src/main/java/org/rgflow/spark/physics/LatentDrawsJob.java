package org.rgflow.spark.physics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.ingest.JobFailure;

/** Evaluates {@link LatentDraws} as a Spark job, whose result does not depend on its tasks. */
public final class LatentDrawsJob {
  private final JavaSparkContext spark;
  private final int partitions;

  /**
   * A job.
   *
   * @param partitions tasks at most
   */
  public LatentDrawsJob(JavaSparkContext spark, int partitions) {
    this.spark = spark;
    this.partitions = partitions;
  }

  /**
   * The estimates of the first so many samples.
   *
   * @throws SolveException if the model cannot be solved
   */
  public FreeEnergy freeEnergy(LatentDraws draws, double[] parameters, int samples) {
    double[][] found = evaluate(draws, parameters, samples);
    return FreeEnergy.of(found[0], found[1]);
  }

  /**
   * What {@link LatentDraws#evaluate} finds of the first so many samples, in their order.
   *
   * @throws SolveException if the model cannot be solved
   */
  public double[][] evaluate(LatentDraws draws, double[] parameters, int samples) {
    int batches = draws.batches(samples);
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, batches).boxed().toList());
    Broadcast<double[]> broadcast = spark.broadcast(parameters);
    try {
      List<double[][]> parts =
          spark
              .parallelize(numbers, Math.min(partitions, batches))
              .mapPartitions(
                  some -> {
                    // Spark gives a task one core, and runs as many tasks as there are
                    Nd4j.getEnvironment().setMaxThreads(1);
                    List<Integer> own = new ArrayList<>();
                    some.forEachRemaining(own::add);
                    int[] batch = own.stream().mapToInt(Integer::intValue).toArray();
                    return Collections.singleton(draws.evaluate(broadcast.value(), batch))
                        .iterator();
                  })
              .collect();
      return joined(parts, samples);
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    } finally {
      broadcast.destroy();
    }
  }

  private static double[][] joined(List<double[][]> parts, int samples) {
    double[][] joined = new double[parts.get(0).length][];
    for (int row = 0; row < joined.length; row++) {
      int number = row;
      joined[row] =
          Arrays.copyOf(
              parts.stream().flatMapToDouble(part -> Arrays.stream(part[number])).toArray(),
              samples);
    }
    return joined;
  }
}
