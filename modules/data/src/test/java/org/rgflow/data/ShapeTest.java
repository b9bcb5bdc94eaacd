package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void countsSitesAndDimensions() {
    Shape shape = new Shape(3, 4, 5);
    assertThat(shape.channels()).isEqualTo(3);
    assertThat(shape.grid()).containsExactly(4, 5);
    assertThat(shape.sites()).isEqualTo(20);
    assertThat(shape.dimensions()).isEqualTo(60);
  }

  @Test
  void parsesWhatItPrints() {
    for (String text : new String[] {"1x28x28", "2x16", "1x4x5x6"}) {
      assertThat(Shape.parse(text)).hasToString(text);
    }
  }

  @Test
  void equalsByChannelsAndGrid() {
    assertThat(new Shape(1, 2, 3))
        .isEqualTo(Shape.parse("1x2x3"))
        .hasSameHashCodeAs(Shape.parse("1x2x3"));
  }

  @Test
  void refusesTextThatIsNoShape() {
    assertThatThrownBy(() -> Shape.parse("1x28xa"))
        .isInstanceOf(DataException.class)
        .hasMessage("shape '1x28xa' is not channels and grid joined by x; allowed: like 1x28x28");
  }

  @Test
  void refusesGridsWithoutAnAxisOrWithTooMany() {
    assertThatThrownBy(() -> new Shape(1))
        .isInstanceOf(DataException.class)
        .hasMessage("shape 1 has 0 grid axes; allowed: 1, 2 or 3");
    assertThatThrownBy(() -> new Shape(1, 2, 2, 2, 2))
        .hasMessage("shape 1x2x2x2x2 has 4 grid axes; allowed: 1, 2 or 3");
  }

  @Test
  void refusesEmptyAndHugeShapes() {
    assertThatThrownBy(() -> new Shape(1, 0, 28))
        .isInstanceOf(DataException.class)
        .hasMessage("shape 1x0x28 has 0; allowed: at least 1");
    assertThatThrownBy(() -> new Shape(3, 65536, 65536))
        .hasMessage("shape 3x65536x65536 is too large; allowed: 2147483647 dimensions");
  }

  @Test
  void namesTheFileAndBothShapesWhenTheyDiffer() {
    Shape expected = new Shape(1, 28, 28);
    assertThat(new Shape(1, 28, 28).requireSame("a.png", expected)).isEqualTo(expected);
    assertThatThrownBy(() -> new Shape(3, 32, 32).requireSame("cat.png", expected))
        .isInstanceOf(DataException.class)
        .hasMessage("cat.png: shape 3x32x32; allowed: 1x28x28");
  }
}
