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

class ValueSpreadTest {
  private static final Shape SHAPE = new Shape(2, 2);

  /** Of two channels with two sites each. */
  private static Moments of(double... values) {
    Moments moments = new Moments(2);
    moments.add(values, 0, 2);
    return moments;
  }

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
      Moments moments = ValueSpread.of(shards, 2);
      assertThat(moments.mean()).containsExactly(new double[] {4, 15}, within(1e-12));
      assertThat(moments.deviation())
          .containsExactly(new double[] {Math.sqrt(5), 5}, within(1e-12));
    }
  }

  @Test
  void standardisedValuesNeedNoWord() {
    assertThat(ValueSpread.warning(of(-1, 1, -0.5, 1.5))).isEmpty();
  }

  @Test
  void theFirstChannelThatIsFarFromTheBaseIsNamed() {
    assertThat(ValueSpread.warning(of(-1, 1, 100, 156)))
        .hasValue(
            "real values of the training data have mean 128.0 and standard deviation 28.00 in"
                + " channel 1 of 2; they are learnt as they are, by a flow that begins at 0 and 1:"
                + " give it (x - mean) / deviation");
    assertThat(ValueSpread.warning(of(-0.1, 0.1, -1, 1)).orElseThrow())
        .contains("mean 0.000 and standard deviation 0.1000 in channel 0 of 2;");
    assertThat(ValueSpread.warning(of(-8, 8, -1, 1))).isPresent();
  }
}
