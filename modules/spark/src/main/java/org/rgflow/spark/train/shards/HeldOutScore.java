package org.rgflow.spark.train.shards;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.flow.Flow;
import org.rgflow.spark.TaskResources;
import org.rgflow.spark.model.BatchScorer;

/** The negative log likelihood of held-out examples, each with one fixed draw of noise. */
final class HeldOutScore {
  /** A draw that no epoch of training uses. */
  private static final long DRAW = -1;

  private HeldOutScore() {}

  /** Sum of -log p over the block's examples, nats. */
  static double sum(BatchScorer scorer, Block block, double[] parameters) {
    int count = block.size();
    double sum = 0;
    TaskResources.use();
    try (Flow flow = scorer.open(parameters)) {
      for (int from = 0; from < count; from += scorer.batch()) {
        List<Example> examples = new ArrayList<>();
        for (int i = from; i < Math.min(count, from + scorer.batch()); i++) {
          examples.add(block.get(i));
        }
        sum -= Arrays.stream(scorer.logProb(flow, examples, DRAW)).sum();
      }
    }
    return sum;
  }
}
