package org.rgflow.spark.retrain;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.rgflow.spark.registry.Version;

/** The {@code MLmodel} file by which MLflow knows a folder for a model's. */
final class MlflowModel {
  private MlflowModel() {}

  /** The file of a run's version. */
  static byte[] bytes(String run) {
    byte[] name = run.getBytes(StandardCharsets.UTF_8);
    String id = UUID.nameUUIDFromBytes(name).toString().replace("-", "");
    return ("artifact_path: model\n"
            + "flavors:\n"
            + "  rgflow:\n"
            + "    data: "
            + Version.MODEL
            + "\n"
            + "run_id: "
            + run
            + "\n"
            + "model_uuid: "
            + id
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
