package org.rgflow.cli;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;
import picocli.CommandLine.Option;

/** Which images a command reads. */
final class ImagesOption {
  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files or folders of the images.")
  private List<String> paths;

  ImageFiles list(SparkSession spark, Configuration configuration) {
    return ImageFiles.list(spark, paths, configuration.value(Keys.DATA_CHANNELS));
  }

  /** Those of files that are not known yet, of which there may be none. */
  ImageFiles listNew(SparkSession spark, Configuration configuration, FileInventory known) {
    return ImageFiles.listNew(spark, paths, configuration.value(Keys.DATA_CHANNELS), known);
  }
}
