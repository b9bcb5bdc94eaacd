package org.rgflow.spark.train.averaging;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.BlockManagerId;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rgflow.data.Block;
import scala.Function2;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * A round of parameter averaging: every shard's steps, and the average of what they come to.
 *
 * <pre>
 *   theta = sum_s n_s theta_s / sum_s n_s     with n_s examples of shard s; of updater state too
 * </pre>
 *
 * A tree of depth two. Every task cuts its state into as many blocks as there are tasks; a task for
 * each block averages it over the shards in their order, whatever order they come in; the driver
 * takes the averages one by one. So a task sends its state and receives as much, and what the
 * driver receives is one state, however many the shards.
 */
public final class AveragingRound implements AutoCloseable {
  private final JavaSparkContext spark;
  private final MultiLayerNetwork network;
  private final int count;
  private final Broadcast<NetworkState> start;
  private final JavaRDD<ShardBlock> blocks;
  private final double broadcastSeconds;

  /**
   * A round that begins with its first results.
   *
   * @param network with the parameters and updater state to start from
   * @param shards number of shards
   */
  public AveragingRound(
      JavaSparkContext spark,
      MultiLayerNetwork network,
      JavaRDD<Block> examples,
      int shards,
      LocalSteps steps) {
    long begin = System.nanoTime();
    this.spark = spark;
    this.network = network;
    this.count = NetworkState.blocks(network, shards);
    this.start = spark.broadcast(NetworkState.of(network));
    this.broadcastSeconds = (System.nanoTime() - begin) / 1e9;
    Broadcast<NetworkState> from = start;
    int cut = count;
    this.blocks =
        examples
            .mapPartitionsWithIndex(
                (shard, found) -> train(steps, shard, found, from.value(), cut), true)
            .mapToPair(block -> new Tuple2<>(block.key(), block))
            .repartitionAndSortWithinPartitions(new ByBlock(count + 1))
            .values();
  }

  private static Iterator<ShardBlock> train(
      LocalSteps steps, int shard, Iterator<Block> blocks, NetworkState start, int count) {
    BlockManagerId here = SparkEnv.get().blockManager().blockManagerId();
    return steps
        .run(
            new ShardResult(shard, here.executorId() + " on " + here.host()),
            blocks.hasNext() ? blocks.next() : null,
            start,
            count)
        .iterator();
  }

  /** Takes the steps, unless they were taken, and returns what they came to, in shards' order. */
  public List<ShardResult> results() {
    return blocks.map(ShardBlock::result).collectPartitions(new int[] {0})[0];
  }

  /** Gives the network what the outer step makes of the average. */
  public Exchange average(OuterStep outer) {
    long begin = System.nanoTime();
    List<Object> all = IntStream.rangeClosed(1, count).<Object>mapToObj(i -> i).toList();
    Function2<TaskContext, scala.collection.Iterator<ShardBlock>, NetworkState> average =
        (Function2<TaskContext, scala.collection.Iterator<ShardBlock>, NetworkState> & Serializable)
            (context, found) -> average(JavaConverters.asJavaIterator(found));
    ClassTag<NetworkState> type = ClassTag$.MODULE$.apply(NetworkState.class);
    spark
        .sc()
        .runJob(
            blocks.rdd(),
            average,
            JavaConverters.asScalaBuffer(all),
            (place, found) -> {
              outer.step(network, (int) place, count, found);
              return BoxedUnit.UNIT;
            },
            type);
    return new Exchange(broadcastSeconds, (System.nanoTime() - begin) / 1e9);
  }

  private static NetworkState average(Iterator<ShardBlock> blocks) {
    StateAverage average = new StateAverage();
    blocks.forEachRemaining(block -> average.add(block.state(), block.result().examples()));
    return average.rounded();
  }

  /** Frees what the round left on the executors. */
  @Override
  public void close() {
    blocks.rdd().cleanShuffleDependencies(false);
    start.destroy();
  }

  private static final class ByBlock extends Partitioner {
    private static final long serialVersionUID = 1L;
    private final int count;

    ByBlock(int count) {
      this.count = count;
    }

    @Override
    public int numPartitions() {
      return count;
    }

    @Override
    public int getPartition(Object key) {
      return ShardBlock.block((Long) key);
    }
  }
}
