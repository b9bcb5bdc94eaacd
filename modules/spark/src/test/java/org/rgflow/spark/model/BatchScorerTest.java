package org.rgflow.spark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;
import org.rgflow.flow.Flow;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.score.SmallModels;

class BatchScorerTest {
  private static final FlowModel MODEL = SmallModels.ofPixels();

  private static BatchScorer scorer(SolverConfig solver, int batch) {
    return new BatchScorer(
        MODEL.layer().flow(),
        solver,
        DivergenceConfig.of(DivergenceConfig.Kind.PROBE),
        MODEL.transform(),
        batch,
        3);
  }

  private static List<Example> examples(int count) {
    Random random = new Random(5);
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              byte[] pixels = new byte[64];
              random.nextBytes(pixels);
              return Example.ofPixels("x#" + i, new Shape(1, 8, 8), pixels);
            })
        .toList();
  }

  private static Flow open(BatchScorer scorer) {
    return scorer.open(MODEL.network().params().dup().data().asDouble());
  }

  @Test
  void anAdaptiveSolverSeesOneExampleAtATime() {
    BatchScorer scorer = scorer(SolverConfig.adaptive(Method.DOPRI5, 1e-3, 1e-4), 8);
    assertThat(scorer.batch()).isEqualTo(1);
    assertThat(scorer(SmallModels.SOLVER, 8).batch()).isEqualTo(8);
  }

  @Test
  void moreExamplesThanABatchAreAnError() {
    BatchScorer scorer = scorer(SmallModels.SOLVER, 2);
    try (Flow flow = open(scorer)) {
      assertThatThrownBy(() -> scorer.logProb(flow, examples(3), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("examples must be in [1, 2], was 3");
    }
  }

  @Test
  void anExamplesScoreDoesNotDependOnHowManyThereAre() {
    BatchScorer scorer = scorer(SmallModels.SOLVER, 4);
    try (Flow flow = open(scorer)) {
      double[] three = scorer.logProb(flow, examples(3), 0);
      assertThat(three).hasSize(3);
      assertThat(scorer.logProb(flow, examples(1), 0)[0]).isEqualTo(three[0]);
    }
  }
}
