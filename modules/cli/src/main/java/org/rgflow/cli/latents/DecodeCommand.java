package org.rgflow.cli.latents;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.options.ModelOption;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.spark.RowErrors;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.sample.DecodingJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Turns latents back into images. */
@Command(
    name = "decode",
    header = "Turn latents back into images.",
    description = {
      "Reads Parquet with columns key and latents, as rgflow score --set score.latents=true writes,"
          + " or as a query makes of that: mixed, moved, or scaled by level. Writes Parquet of key and"
          + " image (PNG), or of real values features, which every other command reads as data; and"
          + " error, where latents cannot be decoded."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow score --model runs/photos --data photos --output coded --set score.latents=true",
      "  rgflow decode --model runs/photos --latents coded --output decoded"
    })
public final class DecodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--latents",
      required = true,
      paramLabel = "DIR",
      description = "Parquet with columns key and latents.")
  private String latents;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the images, as Parquet.")
  private String output;

  @Option(names = "--overwrite", description = "Replace images already there: sample.overwrite.")
  private Boolean overwrite;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    FlowModel flow = model.read(storage);
    Configuration configuration =
        options.flag(Keys.SAMPLE_OVERWRITE, overwrite).ofFinerSolve(storage, flow);
    storage.isFolder(latents); // which says if there is none, before Spark does
    if (!options.isQuiet()) {
      spec.commandLine().getOut().print(configuration.yaml("solver"));
    }
    try (SparkSession spark = Session.openToWrite(spec, output)) {
      RowErrors written =
          new DecodingJob(spark, flow, configuration.solver())
              .write(latents, output, configuration.value(Keys.SAMPLE_OVERWRITE));
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "decoded %,d rows, %,d with an error%nimages  %s (Parquet)%n",
              written.rows(),
              written.errors(),
              output);
    }
    return ExitCode.OK;
  }
}
