package org.rgflow.spark.ingest;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Iterator;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Sha256;
import org.rgflow.data.Shape;
import scala.Tuple2;

/**
 * Examples of any origin, in the order of their keys, since rows of a data frame have none.
 *
 * <p>They are sorted, by a shuffle, when first asked for. Which of several examples of one key
 * comes first is left open.
 */
public final class SortedExamples implements Examples {
  private final JavaRDD<DecodedExample> examples;
  private JavaPairRDD<DecodedExample, Long> numbered;
  private DecodedExample first;
  private long count;

  /** The examples of these partitions. */
  public SortedExamples(JavaRDD<DecodedExample> examples) {
    this.examples = examples;
  }

  private JavaPairRDD<DecodedExample, Long> numbered() {
    if (numbered == null) {
      JavaRDD<DecodedExample> sorted =
          examples.sortBy(DecodedExample::key, true, Math.max(1, examples.getNumPartitions()));
      count = sorted.count();
      if (count == 0) {
        throw new DataException("0 rows to learn from; allowed: at least 1");
      }
      first = sorted.first();
      numbered = sorted.zipWithIndex();
    }
    return numbered;
  }

  private Example first() {
    numbered();
    return first.require();
  }

  /**
   * Tells these examples from others, whatever their order and partitions: their number, and the
   * sum of the SHA-256 of each one's key, elements and class, in hexadecimal.
   */
  public String fingerprint() {
    BigInteger sum = examples.map(SortedExamples::digest).fold(BigInteger.ZERO, BigInteger::add);
    numbered();
    return count + " " + sum.toString(16);
  }

  private static BigInteger digest(DecodedExample decoded) {
    String content =
        decoded.error() == null ? decoded.example().contentHash() : "\n" + decoded.error();
    String label = decoded.error() == null ? decoded.example().label() : null;
    String whole = decoded.key() + "\n" + content + (label == null ? "" : "\n" + label);
    return new BigInteger(1, new Sha256().add(whole.getBytes(StandardCharsets.UTF_8)).bytes());
  }

  @Override
  public Shape shape() {
    return first().geometry();
  }

  @Override
  public boolean isPixels() {
    return first().isPixels();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Shard s of S takes the examples from s n / S to (s + 1) n / S in the order of their keys, as
   * those of files.
   */
  @Override
  public JavaRDD<DecodedShard> shards(int shards, Selection select) {
    if (shards < 1) {
      throw new IllegalArgumentException("shards must be at least 1, was " + shards);
    }
    Shape shape = shape();
    boolean arePixels = isPixels();
    String key = first.key();
    FlatMapFunction<Iterator<DecodedExample>, DecodedShard> gather =
        dealt -> StrictShard.of(dealt, shape, arePixels, key, error -> error);
    return numbered()
        .filter(example -> select.test(example._1().key()))
        .mapToPair(Tuple2::swap)
        .repartitionAndSortWithinPartitions(
            new Ranges(count, (int) Math.min(shards, count)), Comparator.naturalOrder())
        .values()
        .mapPartitions(gather);
  }

  /** Contiguous ranges of nearly equal numbers of examples. */
  private static final class Ranges extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final long count;
    private final int parts;

    Ranges(long count, int parts) {
      this.count = count;
      this.parts = parts;
    }

    @Override
    public int numPartitions() {
      return parts;
    }

    /** The part p with floor(p n / P) <= i < floor((p + 1) n / P), for i of n in P parts. */
    @Override
    public int getPartition(Object number) {
      return (int) (((Long) number * parts + parts - 1) / count);
    }
  }
}
