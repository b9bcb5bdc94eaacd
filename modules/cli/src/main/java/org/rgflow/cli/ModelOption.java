package org.rgflow.cli;

import java.io.IOException;
import org.rgflow.spark.model.FlowModel;
import picocli.CommandLine.Option;

/** Which model a command uses. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "Folder of a run or of a registered model (its champion), or a model's zip.")
  private String path;

  String path() {
    return path;
  }

  FlowModel read(Storage storage) throws IOException {
    return storage.model(path);
  }
}
