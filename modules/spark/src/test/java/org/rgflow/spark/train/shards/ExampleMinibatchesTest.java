package org.rgflow.spark.train.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.Block;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.Shape;
import org.rgflow.data.ValueTransform;
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
import org.rgflow.spark.model.ExampleNoise;

class ExampleMinibatchesTest {
  private static final Shape SHAPE = new Shape(1, 4, 4);
  private static final int BATCH = 3;
  private static final int SEED = 7;

  /** One that has drawn nothing yet. */
  private static ExampleMinibatches fresh() {
    return fresh(BATCH, Augmentation.NONE, new ValueTransform());
  }

  private static ExampleMinibatches fresh(
      int batch, Augmentation augmentation, ExampleTransform transform) {
    FlowLayer layer = layer(List.of()).trainedByFlowMatching(1);
    return fresh(layer, batch, augmentation, transform);
  }

  private static ExampleMinibatches fresh(
      FlowLayer layer, int batch, Augmentation augmentation, ExampleTransform transform) {
    LabelNoise noise = LabelNoise.of(layer, transform != null, batch, SEED);
    return new ExampleMinibatches(batch, SEED, augmentation, transform, noise, DataType.DOUBLE);
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
        try (Minibatches.Minibatch found =
                fresh(with, BATCH, Augmentation.NONE, new ValueTransform())
                    .draw(0, labelled.build(), step);
            Minibatches.Minibatch expected =
                fresh(without, BATCH, Augmentation.NONE, new ValueTransform())
                    .draw(0, plain, step)) {
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

  /** Examples of which no two sites are alike. */
  private static Block images(int first, int size) {
    Block.Builder block = new Block.Builder();
    for (int i = first; i < first + size; i++) {
      byte[] pixels = new byte[SHAPE.dimensions()];
      for (int site = 0; site < pixels.length; site++) {
        pixels[site] = (byte) (16 * i + site);
      }
      block.add(Example.ofPixels("example#" + i, SHAPE, pixels));
    }
    return block.build();
  }

  /** Every input that some epochs draw, in batches of a size. */
  private static List<List<Double>> inputs(
      Augmentation augmentation, int shard, Block block, int batch, int epochs) {
    ExampleMinibatches minibatches = fresh(batch, augmentation, new LogitTransform(0.05));
    List<List<Double>> inputs = new ArrayList<>();
    for (int step = 0; step * batch < epochs * block.size(); step++) {
      double[] values = drawn(minibatches, shard, block, step);
      for (int n = 0; n < batch; n++) {
        int from = n * SHAPE.dimensions();
        inputs.add(Arrays.stream(values, from, from + SHAPE.dimensions()).boxed().toList());
      }
    }
    return inputs;
  }

  /** The same without minibatches: each image displaced, then dequantised and transformed. */
  private static List<List<Double>> expected(Augmentation augmentation, Block block, int epochs) {
    List<List<Double>> inputs = new ArrayList<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int i = 0; i < block.size(); i++) {
        Example image = block.get(i);
        long key = KeyedNoise.key(image.key());
        Example seen =
            augmentation.equals(Augmentation.NONE)
                ? image
                : augmentation.displacement(2, SEED, key, epoch).of(image);
        double[] x = new double[SHAPE.dimensions()];
        ExampleNoise.fillInput(seen, new LogitTransform(0.05), SEED, key, epoch, x, 0);
        inputs.add(Arrays.stream(x).boxed().toList());
      }
    }
    return inputs;
  }

  @Test
  void imagesAreVariedBeforeTheyAreDequantisedWhateverTheBatchesAndShards() {
    for (Augmentation augmentation : List.of(Augmentation.NONE, new Augmentation(true, 2))) {
      List<List<Double>> expected = expected(augmentation, images(0, 6), 4);
      for (int batch : new int[] {1, 3, 8}) {
        assertThat(inputs(augmentation, 0, images(0, 6), batch, 4))
            .containsExactlyInAnyOrderElementsOf(expected);
      }
      List<List<Double>> ofTwoShards = new ArrayList<>(inputs(augmentation, 0, images(0, 3), 3, 4));
      ofTwoShards.addAll(inputs(augmentation, 1, images(3, 3), 3, 4));
      assertThat(ofTwoShards).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void anImageIsAnotherEachTimeThatItIsSeen() {
    Block one = block(images(0, 1).get(0));
    Augmentation augmentation = new Augmentation(true, 3);
    Set<String> seen = new HashSet<>();
    ExampleMinibatches minibatches = fresh(1, augmentation, new ValueTransform());
    for (int epoch = 0; epoch < 20; epoch++) {
      double[] values = drawn(minibatches, 0, one, epoch);
      seen.add(Arrays.toString(Arrays.copyOf(values, SHAPE.dimensions())));
    }
    // of 98 displacements 20 draws find 18 on average
    assertThat(seen).hasSizeGreaterThan(12);
  }

  /** The pixels of an image as real numbers. */
  private static Block block(Example image) {
    float[] values = new float[image.dimensions()];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.pixels()[i];
    }
    return new Block.Builder().add(Example.ofValues(image.key(), SHAPE, values)).build();
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
