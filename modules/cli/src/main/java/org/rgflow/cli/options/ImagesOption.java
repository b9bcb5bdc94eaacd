package org.rgflow.cli.options;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.ToldBy;
import picocli.CommandLine.Option;

/** Which images a command reads. */
public final class ImagesOption {
  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files or folders of the images.")
  private List<String> paths;

  /** The files and folders, as the user names them. */
  public List<String> paths() {
    return paths;
  }

  /** The files that were named. */
  public ImageFiles list(SparkSession spark, Configuration configuration) {
    return list(spark, configuration, ToldBy.LENGTH);
  }

  /** The files that were named, to be told from later ones. */
  public ImageFiles list(SparkSession spark, Configuration configuration, ToldBy told) {
    return ImageFiles.list(spark, paths, configuration.value(Keys.DATA_CHANNELS), told);
  }

  /** Those of files that are not known yet, of which there may be none. */
  public ImageFiles listNew(SparkSession spark, Configuration configuration, FileInventory known) {
    return ImageFiles.listNew(spark, paths, configuration.value(Keys.DATA_CHANNELS), known);
  }
}
