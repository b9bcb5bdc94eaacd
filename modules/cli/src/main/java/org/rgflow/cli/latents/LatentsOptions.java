package org.rgflow.cli.latents;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.options.ModelOption;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.spark.model.FlowModel;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What the commands that write pictures and arrays of latents have in common. */
final class LatentsOptions {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Mixin private ModelOption model;
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the picture and the arrays.")
  private String output;

  @Option(names = "--overwrite", description = "Replace files already there: sample.overwrite.")
  private Boolean overwrite;

  /** Makes pictures of latents, by name and content. */
  interface Drawing {
    Map<String, byte[]> of(LatentImages images, PrintWriter out) throws IOException;
  }

  /** Takes a flag of the command for a key's value; null is a flag not given. */
  LatentsOptions flag(Key<?> key, Object value) {
    options.flag(key, value);
    return this;
  }

  /** Makes files of what is known of a model, by name and content. */
  interface Work {
    Map<String, byte[]> of(
        SparkSession spark, FlowModel model, Configuration configuration, PrintWriter out)
        throws IOException;
  }

  /**
   * Draws into the output's folder.
   *
   * @param name of the files, without their ends
   * @param read paths of the images, outside of which the output lies
   * @throws DataException if it does not, or the files are there and may not be replaced
   */
  void draw(String name, List<String> read, Drawing drawing) throws IOException {
    write(
        name,
        "images  ",
        read,
        (spark, flow, configuration, out) ->
            drawing.of(new LatentImages(spark, model.path(), flow, configuration), out));
  }

  /**
   * Writes into the output's folder, and says what.
   *
   * @param name of the files, without their ends; one of them is an npz
   * @param label before each file's path
   * @param read paths of what is read, outside of which the output lies
   * @throws DataException if it does not, or the files are there and may not be replaced
   */
  void write(String name, String label, List<String> read, Work work) throws IOException {
    Storage storage = Storage.open();
    OutputFolder.requireOutside(storage, output, read);
    FlowModel flow = model.readOneDensity(storage);
    Configuration configuration =
        options.flag(Keys.SAMPLE_OVERWRITE, overwrite).ofFinerSolve(storage, flow);
    String file = output + "/" + name + ".npz";
    if (!configuration.value(Keys.SAMPLE_OVERWRITE) && storage.exists(file)) {
      throw new DataException(file + " exists; allowed: another --output, or --overwrite");
    }
    PrintWriter out = spec.commandLine().getOut();
    Map<String, byte[]> files;
    try (SparkSession spark = Session.openToCompute(spec, output)) {
      files = work.of(spark, flow, configuration, out);
    }
    storage.write(output, files);
    files.keySet().forEach(one -> out.println(label + output + "/" + one));
  }

  /** The model, as the user names it. */
  String model() {
    return model.path();
  }

  /** Checks a number. */
  static void requireIn(String option, int number, int most) {
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(option + " must be in [1, " + most + "], was " + number);
    }
  }
}
