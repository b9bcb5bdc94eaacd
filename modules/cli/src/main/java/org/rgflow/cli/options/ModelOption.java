package org.rgflow.cli.options;

import java.io.IOException;
import org.rgflow.cli.session.Storage;
import org.rgflow.spark.model.FlowModel;
import picocli.CommandLine.Option;

/** Which model a command uses. */
public final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "Folder of a run or of a registered model (its champion), or a model's zip.")
  private String path;

  /** Where the model is. */
  public String path() {
    return path;
  }

  /** The model. */
  public FlowModel read(Storage storage) throws IOException {
    return storage.model(path);
  }
}
