package org.rgflow.cli.config;

import org.rgflow.spark.ingest.FileInventory;

/** When a file of a known name is another. */
public enum NewFiles {
  LENGTH,
  TIME;

  /** The inventory that tells files apart so. */
  public FileInventory of(FileInventory files) {
    return this == TIME ? files.byTime() : files;
  }
}
