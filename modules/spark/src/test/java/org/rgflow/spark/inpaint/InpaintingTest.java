package org.rgflow.spark.inpaint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Hole;
import org.rgflow.data.Shape;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.physics.LatentDrawsJob;
import org.rgflow.spark.score.SmallModels;

/** Holes in 8x8 images of an untrained model, which knows pixels without having seen any. */
class InpaintingTest {
  private static final FlowModel MODEL = SmallModels.ofPixels();
  private static final Hole HOLE = Hole.rectangle(MODEL.shape(), 2, 3, 3, 2);

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Example image(int number) {
    byte[] pixels = new byte[64];
    new Random(number).nextBytes(pixels);
    return Example.ofPixels("image " + number, MODEL.shape(), pixels);
  }

  private static List<Example> images(int... numbers) {
    return IntStream.of(numbers).mapToObj(InpaintingTest::image).toList();
  }

  private static InpaintingConfig config(int draws, int trajectories) {
    return new InpaintingConfig(draws, 0.5, 0.9, trajectories, 3, 1);
  }

  private static List<Inpainted.Draw> fill(int draws, int partitions, int... numbers) {
    return fill(config(draws, 6), partitions, numbers);
  }

  private static List<Inpainted.Draw> fill(
      InpaintingConfig config, int partitions, int... numbers) {
    LatentDrawsJob job =
        new LatentDrawsJob(JavaSparkContext.fromSparkContext(spark.sparkContext()), partitions);
    return new Inpainting(MODEL, SmallModels.SOLVER, config, HOLE, images(numbers))
        .run(job, MODEL.parameters())
        .draws();
  }

  private static List<String> pixels(List<Inpainted.Draw> draws) {
    return draws.stream().map(draw -> Arrays.toString(draw.pixels())).toList();
  }

  @Test
  void whatIsKnownStaysAndDrawsDiffer() {
    List<Inpainted.Draw> draws = fill(3, 2, 1, 2);
    assertThat(draws).extracting(Inpainted.Draw::image).containsExactly(0, 0, 0, 1, 1, 1);
    for (Inpainted.Draw draw : draws) {
      byte[] given = image(draw.image() + 1).pixels();
      assertThat(HOLE.blank(draw.pixels(), 0)).isEqualTo(HOLE.blank(given, 0));
      assertThat(draw.pixels()).isNotEqualTo(given);
      assertThat(draw.misfit()).isPositive();
    }
    assertThat(pixels(draws)).doesNotHaveDuplicates();
  }

  /** Four of five are asked for; ten trajectories find the step only roughly, whatever the flow. */
  @Test
  void mostTrajectoriesAreAcceptedOnceTheStepIsFound() {
    List<Inpainted.Draw> draws = fill(config(8, 20), 1, 1);
    assertThat(draws.stream().mapToDouble(Inpainted.Draw::acceptance).average().orElseThrow())
        .isBetween(0.6, 0.99);
  }

  @Test
  void theConeIsSmallerThanAllLatentsAndTheSameForAllDraws() {
    List<Inpainted.Draw> draws = fill(2, 1, 1);
    int[] touched = draws.get(0).touched();
    assertThat(draws.get(1).touched()).isEqualTo(touched);
    assertThat(IntStream.of(touched).sum()).isBetween(HOLE.size(), 63);
  }

  @Test
  void aFillingDependsNeitherOnTasksNorOnOtherImages() {
    List<String> together = pixels(fill(2, 1, 1, 2, 3));
    assertThat(pixels(fill(2, 3, 1, 2, 3))).isEqualTo(together);
    assertThat(pixels(fill(2, 1, 3))).isEqualTo(together.subList(4, 6));
  }

  @Test
  void moreDrawsThanWalkTogetherAreInOrder() {
    List<Inpainted.Draw> draws = fill(11, 2, 1, 2); // of which 16 walk together
    assertThat(draws).hasSize(22);
    assertThat(draws.get(10).image()).isZero();
    assertThat(draws.get(11).image()).isEqualTo(1);
    assertThat(pixels(draws)).doesNotHaveDuplicates();
  }

  @Test
  void anImageOfAnotherShapeIsRefused() {
    Example other = Example.ofPixels("other", new Shape(1, 4, 4), new byte[16]);
    InpaintingConfig config = config(1, 6);
    assertThatThrownBy(
            () -> new Inpainting(MODEL, SmallModels.SOLVER, config, HOLE, List.of(other)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("other");
  }
}
