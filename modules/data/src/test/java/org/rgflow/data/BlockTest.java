package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BlockTest {
  private static final Shape SHAPE = new Shape(1, 2);

  private static Example pixels(String key, int... pixels) {
    return Example.ofPixels(key, SHAPE, new byte[] {(byte) pixels[0], (byte) pixels[1]});
  }

  private static Example values(String key, float... values) {
    return Example.ofValues(key, SHAPE, values);
  }

  @Test
  void givesPixelsBack() {
    Block block = new Block.Builder().add(pixels("a", 1, 2)).add(pixels("b", 3, 200)).build();
    assertThat(block.size()).isEqualTo(2);
    assertThat(block.geometry()).isEqualTo(SHAPE);
    assertThat(block.isPixels()).isTrue();
    assertThat(block.key(1)).isEqualTo("b");
    assertThat(block.get(1)).hasToString("b (1x2 pixels)");
    assertThat(block.get(1).pixels()).containsExactly(3, 200);
    assertThat(block.get(0).pixels()).containsExactly(1, 2);
  }

  @Test
  void givesValuesBack() {
    Block block = new Block.Builder().add(values("a", 0.5f, 1)).add(values("b", -1, 2)).build();
    assertThat(block.isPixels()).isFalse();
    assertThat(block.get(1)).hasToString("b (1x2 values)");
    assertThat(block.get(1).values()).containsExactly(-1, 2);
  }

  @Test
  void classesStayWithTheirExamples() {
    Block.Builder builder = new Block.Builder().add(pixels("a", 1, 2));
    assertThat(builder.build().get(0).label()).isNull();
    Block block =
        builder
            .add(pixels("b", 3, 4).labelled("cat"))
            .add(pixels("c", 5, 6).labelled("dog").named("d"))
            .build();
    assertThat(block.get(0).label()).isNull();
    assertThat(block.get(1).label()).isEqualTo("cat");
    assertThat(block.get(2)).hasToString("d (1x2 pixels)");
    assertThat(block.get(2).label()).isEqualTo("dog");
  }

  @Test
  void builderGoesOnAfterABlock() {
    Block.Builder builder = new Block.Builder().add(pixels("a", 1, 2));
    assertThat(builder.build().size()).isEqualTo(1);
    assertThat(builder.add(pixels("b", 3, 4)).size()).isEqualTo(2);
    assertThat(builder.build().size()).isEqualTo(2);
  }

  @Test
  void refusesAnotherShapeAndAnotherKind() {
    Block.Builder builder = new Block.Builder().add(pixels("a", 1, 2));
    assertThatThrownBy(() -> builder.add(Example.ofPixels("b", new Shape(2, 1), new byte[2])))
        .isInstanceOf(DataException.class)
        .hasMessage("b: shape 2x1; allowed: 1x2");
    assertThatThrownBy(() -> builder.add(values("c", 1, 2)))
        .hasMessage("c (1x2 values) does not go with a (1x2 pixels); allowed: one kind in a block");
  }

  @Test
  void refusesToBeEmpty() {
    assertThatThrownBy(() -> new Block.Builder().build())
        .isInstanceOf(DataException.class)
        .hasMessage("block of 0 examples; allowed: at least 1");
  }

  @Test
  void refusesMoreElementsThanAnArrayHolds() {
    Example large = Example.ofPixels("a", new Shape(1, 1 << 24), new byte[1 << 24]);
    Block.Builder builder = new Block.Builder();
    for (int i = 0; i < 127; i++) {
      builder.add(large);
    }
    assertThatThrownBy(() -> builder.add(large))
        .isInstanceOf(DataException.class)
        .hasMessage("a: block would hold 2147483648 elements; allowed: 2147483647");
  }

  @Test
  void exampleRefusesElementsThatDoNotFillItsShape() {
    assertThatThrownBy(() -> Example.ofPixels("a", new Shape(3, 4, 4), new byte[16]))
        .isInstanceOf(DataException.class)
        .hasMessage("a: 16 elements; allowed: 48 of 3x4x4");
  }

  @Test
  void exampleGivesItsShapeInParts() {
    Example example = Example.ofValues("a", new Shape(3, 4, 5), new float[60]);
    assertThat(example.channels()).isEqualTo(3);
    assertThat(example.shape()).containsExactly(4, 5);
    assertThat(example.dimensions()).isEqualTo(60);
  }
}
