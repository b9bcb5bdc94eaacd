package org.rgflow.spark.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StragglerTest {
  private static List<ShardResult> tasks(double... seconds) {
    List<ShardResult> results = new ArrayList<>();
    for (int shard = 0; shard < seconds.length; shard++) {
      ShardResult result = new ShardResult(shard, "7 on host" + shard);
      result.finish(seconds[shard]);
      results.add(result);
    }
    return results;
  }

  @Test
  void aTaskOfMoreThanTwiceTheMedianIsNamedWithItsExecutor() {
    assertThat(Straggler.of(tasks(10, 11, 25, 9)))
        .isEqualTo(new Straggler(2, "7 on host2", 25, 10));
    assertThat(Straggler.of(tasks(10, 21))).isEqualTo(new Straggler(1, "7 on host1", 21, 10));
  }

  @Test
  void tasksOfAboutOneTimeHaveNone() {
    assertThat(Straggler.of(tasks(10, 11, 19, 9))).isNull();
    assertThat(Straggler.of(tasks(10))).isNull();
  }

  @Test
  void noOneWaitsForAFractionOfASecond() {
    assertThat(Straggler.of(tasks(0.1, 0.9))).isNull();
  }
}
