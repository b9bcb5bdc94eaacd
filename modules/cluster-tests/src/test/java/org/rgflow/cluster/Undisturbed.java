package org.rgflow.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** The story on this machine alone, told once for all tests: what the others must come to. */
final class Undisturbed {
  private static Place place;

  private Undisturbed() {}

  /** Where it took place, with {@code run}, {@code scores} and {@code samples}. */
  static synchronized Place place() {
    if (place == null) {
      Path folder = temporary();
      Story story = Story.here(folder, Place.local(folder));
      story.putImages();
      Story.requireDone(story.train("run"));
      Story.requireDone(story.score("run", "scores"));
      story.sample("run", "samples");
      place = story.place();
    }
    return place;
  }

  /** Its model. */
  static Path model() {
    return Path.of(URI.create(place().at("run/model.zip")));
  }

  private static Path temporary() {
    try {
      Path target = Built.root().resolve("modules/cluster-tests/target");
      return Files.createTempDirectory(target, "undisturbed");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
