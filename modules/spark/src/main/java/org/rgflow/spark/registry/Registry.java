package org.rgflow.spark.registry;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.WholeFiles;

/** Models by name: {@code models/NAME} below one folder of any Hadoop file system. */
public final class Registry {
  private static final String MODELS = "models";

  private final WholeFiles files;
  private final Path root;

  private Registry(WholeFiles files, Path root) {
    this.files = files;
    this.root = root;
  }

  /**
   * The registry in a folder, which need not exist yet.
   *
   * @throws DataException if its file system cannot be reached
   */
  public static Registry open(Configuration hadoop, String uri) {
    try {
      Path root = new Path(uri);
      return new Registry(WholeFiles.of(hadoop, root), root);
    } catch (IOException e) {
      throw WholeFiles.unreachable(uri, e);
    }
  }

  /** Names of the models, sorted. */
  public List<String> models() {
    return files.list(new Path(root, MODELS)).stream()
        .filter(FileStatus::isDirectory)
        .map(folder -> folder.getPath().getName())
        .toList();
  }

  /**
   * The model of a name, which need not have versions yet.
   *
   * @throws DataException if no folder can have the name
   */
  public RegisteredModel model(String name) {
    return new RegisteredModel(
        files, new Path(new Path(root, MODELS), Names.require("registry.model", name)));
  }

  /**
   * The model of a name that is there.
   *
   * @throws DataException with the names that are, if it is not
   */
  public RegisteredModel existing(String name) {
    List<String> models = models();
    if (!models.contains(name)) {
      String allowed = models.isEmpty() ? "none is there yet" : String.join(", ", models);
      throw new DataException(root + ": has no model " + name + "; allowed: " + allowed);
    }
    return model(name);
  }

  /**
   * The registered model that a folder is of, {@code REGISTRY/models/NAME}; empty of another
   * folder, and of one without a champion.
   */
  public static Optional<RegisteredModel> modelIn(Configuration hadoop, String uri) {
    Path folder = new Path(uri);
    Path models = folder.getParent();
    boolean mayBe =
        models != null
            && models.getParent() != null
            && models.getName().equals(MODELS)
            && Names.isAllowed(folder.getName());
    if (!mayBe) {
      return Optional.empty();
    }
    RegisteredModel model = open(hadoop, models.getParent().toString()).model(folder.getName());
    return model.champion().map(champion -> model);
  }
}
