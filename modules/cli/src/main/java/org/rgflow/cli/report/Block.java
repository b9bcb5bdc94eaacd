package org.rgflow.cli.report;

import java.util.Base64;
import java.util.List;

/** What a section is made of. */
sealed interface Block {
  /** The block's name in the page's template. */
  String kind();

  /** Rows of cells; those of a row's first cell are its heading. */
  record Table(List<String> head, List<Line> rows) implements Block {
    /** A row. */
    record Line(String heading, List<String> cells) {}

    static Line line(String heading, String... cells) {
      return new Line(heading, List.of(cells));
    }

    @Override
    public String kind() {
      return "table";
    }
  }

  /** Text as it is, folded away until a reader asks for it. */
  record Text(String title, String text) implements Block {
    @Override
    public String kind() {
      return "text";
    }
  }

  /**
   * One picture, an image file in the page itself.
   *
   * @param name for whoever points at it
   */
  record Picture(String png, String caption, String name) implements Block {
    static Picture of(byte[] png, String caption, String name) {
      return new Picture(Base64.getEncoder().encodeToString(png), caption, name);
    }

    @Override
    public String kind() {
      return "picture";
    }
  }

  /** Small pictures, each with its own caption. */
  record Gallery(String caption, List<Picture> pictures) implements Block {
    @Override
    public String kind() {
      return "gallery";
    }
  }

  /**
   * A chart, of which the page's script draws what {@link Chart} says.
   *
   * @param words what it shows, for whoever does not see it
   */
  record Drawing(String title, String words, String json) implements Block {
    @Override
    public String kind() {
      return "drawing";
    }
  }
}
