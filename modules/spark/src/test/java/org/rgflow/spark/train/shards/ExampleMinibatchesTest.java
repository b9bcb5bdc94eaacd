package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

class ExampleMinibatchesTest {
  private static final Shape SHAPE = new Shape(1, 4, 4);
  private static final int BATCH = 3;
  private static final int SEED = 7;

  /** One that has drawn nothing yet. */
  private static ExampleMinibatches fresh() {
    return fresh(layer(List.of()).trainedByFlowMatching(1));
  }

  private static ExampleMinibatches fresh(FlowLayer layer) {
    LabelNoise noise = LabelNoise.of(layer, false, BATCH, SEED);
    return new ExampleMinibatches(BATCH, SEED, null, noise, DataType.DOUBLE);
  }

  private static FlowLayer layer(List<String> classes) {
    FlowConfig flow =
        new FlowConfig(
            1,
            new int[] {4, 4},
            2,
            new int[] {2},
            3,
            Padding.CIRCULAR,
            Activation.TANH,
            true,
            2,
            Base.NORMAL);
    return new FlowLayer(
        flow.withClasses(classes),
        Initialisation.STATIC,
        SolverConfig.fixed(Method.RK4, 2),
        DivergenceConfig.of(DivergenceConfig.Kind.PROBE),
        new Regularisation(0.01, 0.01, 0, true));
  }

  /** Examples whose values are all their place. */
  private static Block block(int size) {
    Block.Builder block = new Block.Builder();
    for (int i = 0; i < size; i++) {
      float[] values = new float[SHAPE.dimensions()];
      Arrays.fill(values, i);
      block.add(Example.ofValues("example#" + i, SHAPE, values));
    }
    return block.build();
  }

  /** Input and labels of a minibatch. */
  private static double[] drawn(Minibatches minibatches, int shard, Block block, long step) {
    try (Minibatches.Minibatch batch = minibatches.draw(shard, block, step)) {
      double[] input = HostValues.of(batch.input());
      double[] labels = HostValues.of(batch.labels());
      return DoubleStream.concat(Arrays.stream(input), Arrays.stream(labels)).toArray();
    }
  }

  @Test
  void ofAModelOfClassesTheLastColumnIsTheExamplesClassAndTheOthersStayWhatTheyWere() {
    List<String> names = List.of("x", "y", "z");
    Block.Builder labelled = new Block.Builder();
    Block plain = block(7);
    for (int i = 0; i < 7; i++) {
      labelled.add(plain.get(i).labelled(names.get(i % 3)));
    }
    for (boolean matching : new boolean[] {true, false}) {
      FlowLayer with = layer(names);
      FlowLayer without = layer(List.of());
      if (matching) {
        with.trainedByFlowMatching(2);
        without.trainedByFlowMatching(2);
      }
      assertThat(with.labelSize()).isEqualTo(without.labelSize() + 1);
      for (int step = 0; step < 5; step++) {
        try (Minibatches.Minibatch found = fresh(with).draw(0, labelled.build(), step);
            Minibatches.Minibatch expected = fresh(without).draw(0, plain, step)) {
          assertThat(found.input()).isEqualTo(expected.input());
          for (int n = 0; n < BATCH; n++) {
            double[] row = found.labels().getRow(n).toDoubleVector();
            double[] noise = expected.labels().getRow(n).toDoubleVector();
            assertThat(Arrays.copyOf(row, noise.length)).isEqualTo(noise);
            int place = (int) found.input().getDouble(n, 0);
            assertThat(row[noise.length]).isEqualTo(place % 3);
          }
        }
      }
    }
  }

  @Test
  void whatWasDrawnBeforeDoesNotShow() {
    ExampleMinibatches one = fresh();
    Block many = block(7);
    Block few = block(2);
    for (int step = 0; step < 12; step++) {
      for (int shard = 0; shard < 2; shard++) {
        assertThat(drawn(one, shard, many, step)).isEqualTo(drawn(fresh(), shard, many, step));
        assertThat(drawn(one, shard, few, step)).isEqualTo(drawn(fresh(), shard, few, step));
      }
    }
    assertThat(drawn(one, 0, many, 0)).isEqualTo(drawn(fresh(), 0, many, 0));
  }

  @Test
  void theOrderDrawnLastIsNotSentAlongAndDrawnAnewWhereItArrives() throws Exception {
    ExampleMinibatches one = fresh();
    Block block = block(7);
    drawn(one, 0, block, 1);
    byte[] sent = bytes(one);
    assertThat(sent).isEqualTo(bytes(fresh()));
    ExampleMinibatches arrived;
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(sent))) {
      arrived = (ExampleMinibatches) in.readObject();
    }
    for (int step = 0; step < 6; step++) {
      assertThat(drawn(arrived, 0, block, step)).isEqualTo(drawn(fresh(), 0, block, step));
    }
  }

  private static byte[] bytes(Minibatches minibatches) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(minibatches);
    }
    return bytes.toByteArray();
  }

  @Test
  void everyEpochPassesAllExamplesInAnOrderOfItsOwn() {
    ExampleMinibatches minibatches = fresh();
    int size = 7;
    Block block = block(size);
    List<Integer> passed = new ArrayList<>();
    for (int step = 0; step < size; step++) {
      double[] values = drawn(minibatches, 0, block, step);
      for (int n = 0; n < BATCH; n++) {
        passed.add((int) values[n * SHAPE.dimensions()]);
      }
    }
    Integer[] all = IntStream.range(0, size).boxed().toArray(Integer[]::new);
    List<List<Integer>> epochs = new ArrayList<>();
    for (int from = 0; from < passed.size(); from += size) {
      epochs.add(passed.subList(from, from + size));
    }
    assertThat(epochs)
        .hasSize(BATCH)
        .doesNotHaveDuplicates()
        .allSatisfy(epoch -> assertThat(epoch).containsExactlyInAnyOrder(all));
  }
}
