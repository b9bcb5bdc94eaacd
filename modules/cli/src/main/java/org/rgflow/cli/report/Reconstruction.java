package org.rgflow.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleFormat;
import org.rgflow.spark.ingest.ImageFiles;

/**
 * Images beside what their latents are decoded to: an invertible flow gives back every pixel.
 *
 * @param originals planar pixels
 * @param decoded of their latents, likewise
 */
record Reconstruction(List<byte[]> originals, List<byte[]> decoded) {
  /**
   * Of images that were encoded.
   *
   * @param decoded rows of {@code key} and {@code image}, a PNG
   */
  static Reconstruction of(ImageFiles files, Dataset<Row> decoded, int tasks) {
    Map<String, byte[]> pngs =
        decoded.where("error is null").collectAsList().stream()
            .collect(
                Collectors.toMap(
                    row -> row.getString(0),
                    row -> row.getAs("image"),
                    (first, ofSameKey) -> first));
    Map<String, Example> examples = files.examples(Set.copyOf(pngs.keySet()), tasks);
    List<byte[]> originals = new ArrayList<>();
    List<byte[]> back = new ArrayList<>();
    for (String key : pngs.keySet().stream().sorted().toList()) {
      originals.add(examples.get(key).pixels());
      back.add(ExampleFormat.image(key, pngs.get(key), 0).pixels());
    }
    return new Reconstruction(originals, back);
  }

  long values() {
    return originals.stream().mapToLong(pixels -> pixels.length).sum();
  }

  /** Values that are not what they were. */
  long different() {
    long different = 0;
    for (int n = 0; n < originals.size(); n++) {
      for (int i = 0; i < originals.get(n).length; i++) {
        different += originals.get(n)[i] == decoded.get(n)[i] ? 0 : 1;
      }
    }
    return different;
  }

  /** The largest difference of a value, of 255. */
  int largest() {
    int largest = 0;
    for (int n = 0; n < originals.size(); n++) {
      for (int i = 0; i < originals.get(n).length; i++) {
        int difference = (originals.get(n)[i] & 0xFF) - (decoded.get(n)[i] & 0xFF);
        largest = Math.max(largest, Math.abs(difference));
      }
    }
    return largest;
  }
}
