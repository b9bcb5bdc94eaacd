package org.rgflow.cli.train;

import java.util.List;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import picocli.CommandLine.Option;

/** What a command trains on, and what it measures that by. */
public final class ExamplesOptions {
  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Training examples: data.train.")
  private List<String> data;

  @Option(
      names = "--validation",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Held-out examples to measure by: data.validation.")
  private List<String> validation;

  /** The options as keys of the configuration. */
  public ConfigurationOptions flags(ConfigurationOptions options) {
    return options.flags(Keys.DATA_TRAIN, data).flags(Keys.DATA_VALIDATION, validation);
  }
}
