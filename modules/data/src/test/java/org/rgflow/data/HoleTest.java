package org.rgflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HoleTest {
  private static final Shape GRAY = new Shape(1, 3, 4);
  private static final byte[] IMAGE = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

  private static Hole hole(int row, int column, int height, int width) {
    return Hole.rectangle(GRAY, row, column, height, width);
  }

  @Test
  void aRectangleIsRowsAndColumns() {
    Hole hole = hole(1, 2, 2, 1);
    assertThat(hole.size()).isEqualTo(2);
    assertThat(hole.blank(IMAGE, 0)).containsExactly(1, 2, 3, 4, 5, 6, 0, 8, 9, 10, 0, 12);
  }

  @Test
  void aHoleIsInEveryChannel() {
    Hole hole = Hole.rectangle(new Shape(2, 2, 2), 0, 1, 1, 1);
    assertThat(hole.values()).containsExactly(false, true, false, false, false, true, false, false);
    assertThat(hole.blank(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 9))
        .containsExactly(1, 9, 3, 4, 5, 9, 7, 8);
  }

  @Test
  void whatIsKnownStaysAndTheRestIsFromTheOther() {
    assertThat(hole(0, 0, 1, 3).patched(IMAGE, new byte[12]))
        .containsExactly(0, 0, 0, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  }

  @Test
  void everyUnknownPixelIsFilledLikeItsNearest() {
    assertThat(hole(0, 0, 3, 3).filled(IMAGE))
        .containsExactly(4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12);
    // no way round an edge from the last column of a row to the first of the next
    assertThat(hole(1, 0, 1, 4).filled(IMAGE))
        .containsExactly(1, 2, 3, 4, 1, 2, 3, 4, 9, 10, 11, 12);
  }

  @Test
  void aMaskIsAHoleWhereItIsBright() {
    byte[] gray = new byte[12];
    gray[5] = (byte) 128;
    gray[6] = 127;
    Hole hole = Hole.ofMask("m.png", Example.ofPixels("m.png", GRAY, gray), GRAY);
    assertThat(hole.blank(IMAGE, 0)).containsExactly(1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 12);
  }

  @Test
  void aHoleThatIsNoneOrAllOrElsewhereIsRefused() {
    assertThatThrownBy(() -> hole(1, 2, 2, 3))
        .hasMessage(
            "a hole of 2 rows and 3 columns from row 1 and column 2 on; allowed: within an image of"
                + " 1x3x4");
    assertThatThrownBy(() -> hole(-1, 0, 2, 2)).hasMessageContaining("from row -1");
    assertThatThrownBy(() -> hole(0, 0, 0, 2)).hasMessageContaining("a hole of 0 rows");
    assertThatThrownBy(() -> hole(0, Integer.MAX_VALUE, 1, 1)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> hole(0, 0, 3, 4))
        .hasMessage("the rectangle makes a hole of 12 of 12 sites; allowed: some, but not all");
    Example dark = Example.ofPixels("m.png", GRAY, new byte[12]);
    assertThatThrownBy(() -> Hole.ofMask("m.png", dark, GRAY))
        .hasMessage("m.png makes a hole of 0 of 12 sites; allowed: some, but not all");
    assertThatThrownBy(() -> Hole.ofMask("m.png", dark, new Shape(3, 4, 4)))
        .hasMessageContaining("m.png");
    assertThatThrownBy(() -> Hole.rectangle(new Shape(1, 8), 0, 0, 1, 1))
        .hasMessage("a hole in 1x8; allowed: in images of two axes");
  }
}
