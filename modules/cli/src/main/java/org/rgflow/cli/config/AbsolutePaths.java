package org.rgflow.cli.config;

import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.rgflow.spark.files.Location;

/**
 * Paths of what a run reads as they are meant, whatever folder the run goes on in.
 *
 * @param hadoop whose default file system bare paths are of
 */
public record AbsolutePaths(org.apache.hadoop.conf.Configuration hadoop) {
  private static final List<Key<List<String>>> LISTS =
      List.of(Keys.DATA_TRAIN, Keys.DATA_VALIDATION);

  /** The configuration without relative paths; others are as the user wrote them. */
  public Configuration of(Configuration configuration) {
    return rewritten(
        configuration,
        text -> isRelative(new Path(text)) ? qualified(text).toUri().getPath() : text);
  }

  private static boolean isRelative(Path path) {
    return path.toUri().getScheme() == null && !path.isAbsolute();
  }

  /** Whether two configurations have one value of a key, of paths whatever their spelling. */
  boolean areSame(Key<?> key, Configuration one, Configuration other) {
    return one.value(key).equals(other.value(key))
        || qualified(one).value(key).equals(qualified(other).value(key));
  }

  private Configuration qualified(Configuration configuration) {
    return rewritten(configuration, text -> qualified(text).toString());
  }

  private Path qualified(String text) {
    return Location.of(hadoop, text).path();
  }

  private static Configuration rewritten(Configuration configuration, UnaryOperator<String> path) {
    Configuration rewritten =
        configuration.rewritten(Keys.TRAIN_START, text -> text.isEmpty() ? text : path.apply(text));
    for (Key<List<String>> key : LISTS) {
      rewritten = rewritten.rewritten(key, texts -> texts.stream().map(path).toList());
    }
    return rewritten;
  }
}
