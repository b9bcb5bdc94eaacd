package org.rgflow.cli;

import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets the commands of a class's tests start Spark in this process, with two cores. */
final class LocalMaster implements BeforeAllCallback, AfterAllCallback {
  private static final Map<String, String> SPARK =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.kryo.registrationRequired", "true");

  @Override
  public void beforeAll(ExtensionContext context) {
    SPARK.forEach(System::setProperty);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    SPARK.keySet().forEach(System::clearProperty);
  }
}
