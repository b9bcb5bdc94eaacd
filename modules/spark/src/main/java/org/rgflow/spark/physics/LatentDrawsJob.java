package org.rgflow.spark.physics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.TaskResources;

/**
 * Evaluates {@link LatentBatches}, such as draws and chains, as Spark jobs whose results do not
 * depend on their tasks.
 */
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
   * The first so many samples.
   *
   * @throws SolveException if the model cannot be solved
   */
  public WeightedDraws draw(LatentDraws draws, double[] parameters, int samples) {
    double[][] found = evaluate(draws, parameters, samples);
    return new WeightedDraws(found[0], found[1], found[2]);
  }

  /**
   * What the first so many chains show.
   *
   * @throws SolveException if the model cannot be solved
   * @throws org.rgflow.data.DataException if a trajectory leaves what can be solved
   */
  public ChainStatistics walk(LatentChains walks, double[] parameters, int chains) {
    double[][] found = evaluate(walks, parameters, chains);
    int trajectories = found.length / 2;
    double[][] energies = new double[chains][trajectories];
    double[][] acceptance = new double[chains][trajectories];
    for (int c = 0; c < chains; c++) {
      for (int t = 0; t < trajectories; t++) {
        energies[c][t] = found[t][c];
        acceptance[c][t] = found[trajectories + t][c];
      }
    }
    return ChainStatistics.of(acceptance, energies);
  }

  /**
   * What is found of the first so many items, in their order.
   *
   * @return [quantity][item]
   */
  public double[][] evaluate(LatentBatches items, double[] parameters, int count) {
    int batches = items.batches(count);
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, batches).boxed().toList());
    Broadcast<double[]> broadcast = spark.broadcast(parameters);
    try {
      List<double[][]> parts =
          spark
              .parallelize(numbers, Math.min(partitions, batches))
              .mapPartitions(
                  some -> {
                    TaskResources.use();
                    List<Integer> own = new ArrayList<>();
                    some.forEachRemaining(own::add);
                    int[] batch = own.stream().mapToInt(Integer::intValue).toArray();
                    return Collections.singleton(items.evaluate(broadcast.value(), batch))
                        .iterator();
                  })
              .collect();
      return joined(parts, count);
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    } finally {
      broadcast.destroy();
    }
  }

  private static double[][] joined(List<double[][]> parts, int count) {
    double[][] joined = new double[parts.get(0).length][];
    for (int row = 0; row < joined.length; row++) {
      int number = row;
      joined[row] =
          Arrays.copyOf(
              parts.stream().flatMapToDouble(part -> Arrays.stream(part[number])).toArray(), count);
    }
    return joined;
  }
}
