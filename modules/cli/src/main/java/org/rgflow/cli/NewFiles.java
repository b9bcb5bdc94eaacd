package org.rgflow.cli;

import org.rgflow.spark.ingest.FileInventory;

/** When a file of a known name is another. */
enum NewFiles {
  LENGTH,
  TIME;

  /** The inventory that tells files apart so. */
  FileInventory of(FileInventory files) {
    return this == TIME ? files.byTime() : files;
  }
}
