package org.rgflow.cli.options;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Layer;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.spark.model.FlowModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that set keys of the configuration, shared by commands. */
public final class ConfigurationOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file of configuration keys, local or on any Hadoop file system.")
  private String file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set a configuration key; see rgflow config. Repeatable.")
  private List<String> settings = List.of();

  @Option(
      names = "--quiet",
      description = "Print neither configuration nor progress; warnings still.")
  private boolean quiet;

  private final Map<Key<?>, String> flags = new LinkedHashMap<>();

  /** Takes a flag of the command for a key's value; null is a flag not given. */
  public ConfigurationOptions flag(Key<?> key, Object value) {
    if (value != null) {
      flags.put(key, value.toString());
    }
    return this;
  }

  /** As {@link #flag}, of a flag with several values. */
  public ConfigurationOptions flags(Key<List<String>> key, List<String> values) {
    return flag(key, values == null ? null : Key.writeList(values));
  }

  /** What the user has given, strongest first. */
  public List<Layer> layers(Storage storage) throws IOException {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("flag", flags));
    layers.add(Layer.settings(settings));
    if (file != null) {
      layers.add(Layer.yaml(file, storage.readLocal(file)));
    }
    layers.add(Layer.sparkProperties(new SparkConf()));
    return layers;
  }

  /** The configuration, in which a model is solved with half its step unless the user says how. */
  public Configuration ofFinerSolve(Storage storage, FlowModel model) throws IOException {
    List<Layer> layers = layers(storage);
    layers.add(Layer.solver("half the model's step", model.layer().solver().finer()));
    return Configuration.resolve(layers);
  }

  /** Where configuration and progress go, with --quiet nowhere, and where warnings. */
  public Shown shown(CommandSpec command) {
    PrintWriter out = command.commandLine().getOut();
    return new Shown(
        quiet ? new PrintWriter(Writer.nullWriter()) : out, command.commandLine().getErr());
  }

  /** Whether progress is not shown. */
  public boolean isQuiet() {
    return quiet;
  }
}
