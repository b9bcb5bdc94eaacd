package org.rgflow.cli.options;

import java.io.IOException;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
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

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "Of a model of classes (model.classes) the one to take it for.")
  private String ofClass;

  /** Where the model is. */
  public String path() {
    return path;
  }

  /** The model, or that of the class asked for. */
  public FlowModel read(Storage storage) throws IOException {
    FlowModel model = storage.model(path);
    return ofClass == null ? model : model.ofClass(ofClass);
  }

  /**
   * The model, for what needs one density.
   *
   * @throws DataException if it has one for each class, and no class is asked for
   */
  public FlowModel readOneDensity(Storage storage) throws IOException {
    FlowModel model = read(storage);
    if (model.hasClasses()) {
      throw new DataException(
          path
              + ": a density for each of "
              + model.layer().flow().classes()
              + "; allowed: one of them, by --class");
    }
    return model;
  }
}
