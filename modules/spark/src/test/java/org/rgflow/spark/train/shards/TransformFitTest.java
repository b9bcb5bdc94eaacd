package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.Moments;
import org.rgflow.data.Shape;
import org.rgflow.spark.LocalSpark;

class TransformFitTest {
  private static final Shape SHAPE = new Shape(2, 2);

  private static Block block(String key, float... values) {
    Block.Builder block = new Block.Builder();
    block.add(Example.ofValues(key, SHAPE, values));
    return block.build();
  }

  @Test
  void momentsAreThoseOfAllShards() {
    try (SparkSession spark = LocalSpark.start(2)) {
      JavaRDD<Block> shards =
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .parallelize(List.of(block("a", 1, 3, 10, 10), block("b", 5, 7, 20, 20)), 2);
      Moments moments = TransformFit.moments(shards, 2);
      assertThat(moments.mean()).containsExactly(new double[] {4, 15}, within(1e-12));
      assertThat(moments.deviation())
          .containsExactly(new double[] {Math.sqrt(5), 5}, within(1e-12));
    }
  }
}
