package org.rgflow.cli.latents;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.config.Layer;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.options.ModelOption;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.ImageGrid;
import org.rgflow.data.Shape;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.sample.SamplingJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Draws samples. */
@Command(
    name = "sample",
    header = "Draw samples from a model.",
    description = {
      "Writes samples.npz with an array images (uint8) or, for a model of real values, x (float32),"
          + " each of shape count x channels x grid; and, of gray or RGB images, samples.png."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow sample --model runs/photos --output samples",
      "  rgflow sample --model runs/photos --output samples --beside photos/test",
      "  rgflow sample --model model.zip --count 16 --output samples --set sample.columns=4"
    })
public final class SampleCommand implements Callable<Integer> {
  private static final String ARRAYS = "samples.npz";
  private static final String PICTURE = "samples.png";

  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private ConfigurationOptions options;

  @Option(names = "--count", paramLabel = "N", description = "Samples: sample.count.")
  private String count;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the samples.")
  private String output;

  @Option(
      names = "--beside",
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Files or folders of images, the first of which the picture shows at its right.")
  private List<String> beside = List.of();

  @Option(
      names = "--temperature",
      paramLabel = "T[,T...]",
      description = "sample.temperature: of all levels, or of each, the finest first.")
  private String temperature;

  @Option(names = "--seed", paramLabel = "N", description = "sample.seed.")
  private String seed;

  @Option(names = "--overwrite", description = "Replace samples already there: sample.overwrite.")
  private Boolean overwrite;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    OutputFolder.requireOutside(storage, output, beside);
    FlowModel flow = model.read(storage);
    List<Layer> layers =
        new ArrayList<>(
            options
                .flag(Keys.SAMPLE_COUNT, count)
                .flag(Keys.SAMPLE_SEED, seed)
                .flag(Keys.SAMPLE_TEMPERATURE, temperature)
                .flag(Keys.SAMPLE_OVERWRITE, overwrite)
                .layers(storage));
    layers.add(Layer.solver("the model", flow.layer().solver()));
    Configuration configuration = Configuration.resolve(layers);
    if (!configuration.value(Keys.SAMPLE_OVERWRITE) && storage.exists(output + "/" + ARRAYS)) {
      throw new DataException(
          output + "/" + ARRAYS + " exists; allowed: another --output, or --overwrite");
    }
    if (!options.isQuiet()) {
      out().print(configuration.yaml("solver", "sample"));
    }
    Map<String, byte[]> files;
    try (SparkSession spark = Session.openToCompute(spec, output)) {
      files = draw(spark, flow, configuration);
    }
    storage.write(output, files);
    files.keySet().forEach(name -> out().println("samples " + output + "/" + name));
    return ExitCode.OK;
  }

  private Map<String, byte[]> draw(SparkSession spark, FlowModel flow, Configuration configuration)
      throws IOException {
    boolean isPicture = flow.isOfPictures();
    if (isPicture) {
      ImageGrid.requireRoom(
          flow.shape(), columns(configuration), configuration.value(Keys.SAMPLE_ZOOM));
    }
    List<byte[]> real = real(spark, flow, configuration);
    SamplingJob job = new SamplingJob(spark, flow, configuration.sampling());
    int count = configuration.value(Keys.SAMPLE_COUNT);
    int partitions = configuration.tasks(Keys.SAMPLE_PARTITIONS, spark);
    Map<String, byte[]> files = new LinkedHashMap<>();
    if (flow.isOfPixels()) {
      List<byte[]> pixels = job.pixels(count, partitions);
      files.put(ARRAYS, ImageArrays.ofPixels(pixels, flow.shape()));
      if (isPicture) {
        files.put(PICTURE, picture(pixels, real, flow.shape(), configuration));
      }
    } else {
      float[] all = job.values(count, partitions);
      files.put(ARRAYS, ImageArrays.ofValues(all, count, flow.shape()));
    }
    return files;
  }

  /** The first images to show beside the samples, as many; none where none are asked for. */
  private List<byte[]> real(SparkSession spark, FlowModel flow, Configuration configuration) {
    if (beside.isEmpty()) {
      return List.of();
    }
    ImageFiles images = ImageFiles.list(spark, beside, configuration.value(Keys.DATA_CHANNELS));
    int shown = (int) Math.min(images.count(), configuration.value(Keys.SAMPLE_COUNT));
    return images.images(shown, flow.shape()).stream().map(Example::pixels).toList();
  }

  /** Images in a row of the picture: real ones stand beside samples, with a gap between. */
  private int columns(Configuration configuration) {
    int samples = configuration.value(Keys.SAMPLE_COLUMNS);
    return beside.isEmpty() ? samples : 2 * samples + 1;
  }

  private byte[] picture(
      List<byte[]> samples, List<byte[]> real, Shape shape, Configuration configuration)
      throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    int columns = configuration.value(Keys.SAMPLE_COLUMNS);
    int zoom = configuration.value(Keys.SAMPLE_ZOOM);
    List<byte[]> drawn = ImageGrid.thatFit(samples, shape, columns, zoom);
    List<byte[]> shown =
        real.isEmpty()
            ? drawn
            : ImageGrid.beside(drawn, ImageGrid.thatFit(real, shape, columns, zoom), columns);
    ImageGrid.write(png, shown, shape, columns(configuration), zoom);
    return png.toByteArray();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
