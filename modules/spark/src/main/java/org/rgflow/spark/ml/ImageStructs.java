package org.rgflow.spark.ml;

import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.sql.Row;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;

/** Spark's images: rows of interleaved bytes, blue first. */
record ImageStructs() implements CellReader {
  @Override
  public Example read(String key, Row row, int place) {
    Row image = row.getStruct(place);
    int channels = ImageSchema.getNChannels(image);
    if (channels != 1 && channels != 3) {
      String found =
          ImageSchema.getMode(image) < 0
              ? "an image that Spark could not read"
              : channels + " channels";
      throw new DataException(key + ": " + found + "; allowed: 8-bit gray or RGB");
    }
    Shape geometry = new Shape(channels, ImageSchema.getHeight(image), ImageSchema.getWidth(image));
    byte[] interleaved = ImageSchema.getData(image);
    if (interleaved.length != geometry.dimensions()) {
      throw new DataException(
          key + ": " + interleaved.length + " bytes; allowed: " + geometry.dimensions());
    }
    byte[] planes = new byte[interleaved.length];
    int sites = geometry.sites();
    for (int site = 0; site < sites; site++) {
      for (int channel = 0; channel < channels; channel++) {
        planes[channel * sites + site] = interleaved[channels * site + channels - 1 - channel];
      }
    }
    return Example.ofPixels(key, geometry, planes);
  }
}
