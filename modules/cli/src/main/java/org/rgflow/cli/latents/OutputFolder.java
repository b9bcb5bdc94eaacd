package org.rgflow.cli.latents;

import java.util.List;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.Location;

/** Where a command leaves pictures and arrays, which other commands would take for data. */
final class OutputFolder {
  private OutputFolder() {}

  /**
   * Checks that the output does not become part of what is read.
   *
   * @param read files or folders
   * @throws DataException if it would
   */
  static void requireOutside(Storage storage, String output, List<String> read) {
    Location folder = Location.of(storage.hadoop(), output);
    for (String path : read) {
      if (folder.isVisibleIn(Location.of(storage.hadoop(), path))) {
        throw new DataException(
            "--output must lie outside of what is read, was " + output + " in " + path);
      }
    }
  }
}
