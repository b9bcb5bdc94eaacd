package org.rgflow.cli.retrain;

import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.session.Storage;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import picocli.CommandLine.Option;

/** Which model of which registry a command is about. */
final class RegistryOptions {
  @Option(names = "--registry", paramLabel = "DIR", description = "registry.uri.")
  private String uri;

  @Option(names = "--name", paramLabel = "NAME", description = "registry.model.")
  private String name;

  /** The options as keys of the configuration. */
  ConfigurationOptions flags(ConfigurationOptions options) {
    return options.flag(Keys.REGISTRY_URI, uri).flag(Keys.REGISTRY_MODEL, name);
  }

  /** The registry that a configuration names. */
  static Registry registry(Storage storage, Configuration configuration) {
    return Registry.open(
        storage.hadoop(), configuration.require(Keys.REGISTRY_URI, "--registry DIR"));
  }

  /** The model that a configuration names, in the registry or to be. */
  RegisteredModel model(Storage storage, Configuration configuration) {
    return registry(storage, configuration)
        .model(configuration.require(Keys.REGISTRY_MODEL, "--name NAME"));
  }

  /** The model that a configuration names, which is there. */
  RegisteredModel existing(Storage storage, Configuration configuration) {
    return registry(storage, configuration)
        .existing(configuration.require(Keys.REGISTRY_MODEL, "--name NAME"));
  }
}
