package org.rgflow.cli.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.rgflow.data.Example;

/**
 * Images of a set to look at.
 *
 * @param extremes the likeliest and the least likely images' pixels, by key
 * @param reconstruction of its first images
 */
record Exhibit(ScoredSet set, Map<String, byte[]> extremes, Reconstruction reconstruction) {
  /** Images shown at either end of the likelihoods. */
  static final int EXTREMES = 12;

  /**
   * Of a set.
   *
   * @param decoded some of its images, as {@link Reconstruction} takes them
   */
  static Exhibit of(ScoredSet set, Dataset<Row> decoded, int tasks) {
    return new Exhibit(set, extremes(set, tasks), Reconstruction.of(set.files(), decoded, tasks));
  }

  private static Map<String, byte[]> extremes(ScoredSet set, int tasks) {
    List<ScoredSet.Scored> ranked = set.ranked();
    int ends = Math.min(EXTREMES, ranked.size());
    Set<String> keys =
        Stream.concat(
                ranked.subList(0, ends).stream(),
                ranked.subList(ranked.size() - ends, ranked.size()).stream())
            .map(ScoredSet.Scored::key)
            .collect(Collectors.toSet());
    Map<String, byte[]> pixels = new LinkedHashMap<>();
    set.files()
        .examples(keys, tasks)
        .forEach((String key, Example example) -> pixels.put(key, example.pixels()));
    return pixels;
  }
}
