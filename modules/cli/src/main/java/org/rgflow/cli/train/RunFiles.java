package org.rgflow.cli.train;

import java.util.List;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Keys;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.Location;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.run.RunFolder;

/** The names and lengths of the files that a run learns from, kept in its folder. */
public enum RunFiles {
  TRAIN(Keys.DATA_TRAIN, RunFolder.TRAINING_FILES),
  VALIDATION(Keys.DATA_VALIDATION, "validation-files.jsonl.gz");

  private final Key<List<String>> key;
  private final String file;

  RunFiles(Key<List<String>> key, String file) {
    this.key = key;
    this.file = file;
  }

  /** The paths of the configuration that they lie at. */
  public Key<List<String>> key() {
    return key;
  }

  /** Its name in the run's folder. */
  public String file() {
    return file;
  }

  /**
   * Checks that nothing is both learnt from and measured by.
   *
   * @throws DataException naming a file of both
   */
  public static void requireApart(ImageFiles training, ImageFiles heldOut) {
    String shared = training.firstSharedWith(heldOut);
    if (shared != null) {
      throw new DataException(
          shared
              + ": is in data.train and data.validation; allowed: held-out images that are not"
              + " learnt from");
    }
  }

  /**
   * Checks that a folder lies outside of all data: what a run leaves, such as its checkpoints'
   * arrays, would be examples of the next.
   *
   * @param key of the folder
   * @throws DataException if it does not
   */
  public static void requireOutside(
      org.apache.hadoop.conf.Configuration hadoop, Key<String> key, Configuration configuration) {
    String folder = configuration.value(key);
    Location location = Location.of(hadoop, folder);
    for (RunFiles files : values()) {
      for (String path : configuration.value(files.key())) {
        if (location.isVisibleIn(Location.of(hadoop, path))) {
          throw new DataException(
              key.name()
                  + " must lie outside of "
                  + files.key().name()
                  + ", was "
                  + folder
                  + " in "
                  + path);
        }
      }
    }
  }

  void write(RunFolder run, ImageFiles images) {
    run.write(file, images.inventory().bytes());
  }

  /**
   * Checks that a run that goes on learns from the files that it began with.
   *
   * @throws DataException naming a file that is not the same
   */
  void requireSame(RunFolder run, ImageFiles images) {
    run.read(file)
        .map(bytes -> FileInventory.read(run.uri() + "/" + file, bytes))
        .ifPresent(begun -> requireSame(run, begun, images.inventory()));
  }

  private void requireSame(RunFolder run, FileInventory begun, FileInventory now) {
    String gone = begun.firstMissingIn(now);
    String added = now.firstMissingIn(begun);
    if (gone != null || added != null) {
      throw new DataException(
          key.name()
              + " must hold the files that "
              + run.uri()
              + " began with: "
              + (gone == null ? added + " is new" : gone + " is gone or has another length")
              + "; allowed: the same files, or another run with --start "
              + run.uri());
    }
  }
}
