package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;
import org.rgflow.spark.LocalSpark;

class ValidatedExamplesTest {
  private static final int CLASSES = 10;
  private static final int OF_A_CLASS = 100;
  private static final int ALL = CLASSES * OF_A_CLASS;
  private static final int SEED = 7;

  private static SparkSession session;
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    session = LocalSpark.start(2);
    spark = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  @AfterAll
  static void stop() {
    session.stop();
  }

  /** Examples in the order of their classes, cut into shards of neighbours. */
  private static JavaRDD<Block> sorted(int shards) {
    List<Block> blocks = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      Block.Builder block = new Block.Builder();
      for (int i = shard * ALL / shards; i < (shard + 1) * ALL / shards; i++) {
        String key = i / OF_A_CLASS + "/" + i + ".png";
        block.add(Example.ofPixels(key, new Shape(1, 1, 1), new byte[1]));
      }
      blocks.add(block.build());
    }
    return spark.parallelize(blocks, shards);
  }

  private static List<String> keys(int shards, int examples) {
    List<String> keys = new ArrayList<>();
    for (Block block : ValidatedExamples.of(sorted(shards), SEED, examples).collect()) {
      for (int i = 0; i < block.size(); i++) {
        keys.add(block.key(i));
      }
    }
    return keys;
  }

  @Test
  void theyAreOfEveryClassOfASortedSet() {
    Map<String, Long> byClass =
        keys(4, 200).stream()
            .map(key -> key.substring(0, key.indexOf('/')))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    // 20 of each are expected, with a standard deviation of 3.8: five of them from that
    assertThat(byClass).hasSize(CLASSES);
    assertThat(byClass.values()).allMatch(count -> count >= 1 && count <= 39);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 40})
  void theyAreSoManyAndTheSameHoweverManyShards(int shards) {
    assertThat(keys(shards, 7)).hasSize(7).isEqualTo(keys(2, 7));
  }

  @Test
  void moreOfThemAreTheSameAndOthers() {
    assertThat(keys(3, 100)).hasSize(100).containsAll(keys(3, 50));
  }
}
