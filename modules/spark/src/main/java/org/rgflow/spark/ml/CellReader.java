package org.rgflow.spark.ml;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleFormat;

/** How a cell of some type is an example. */
sealed interface CellReader extends Serializable
    permits CellReader.Encoded, ImageStructs, NumberCells {
  /**
   * The example of a cell that is not null.
   *
   * @param key of the example, for errors
   * @throws DataException saying what is wrong with it
   */
  Example read(String key, Row row, int place);

  /**
   * Encoded PNG or JPEG.
   *
   * @param channels that they are converted to, 0 for what they have
   */
  record Encoded(int channels) implements CellReader {
    @Override
    public Example read(String key, Row row, int place) {
      return ExampleFormat.image(key, row.getAs(place), channels);
    }
  }
}
