package org.rgflow.cli.latents;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.data.ImageGrid;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.data.Shape;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.LatentPlaces;
import org.rgflow.spark.correlation.Correlations;
import org.rgflow.spark.correlation.LatentCorrelation;
import org.rgflow.spark.sample.LatentTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what latents still know of each other. */
@Command(
    name = "correlation",
    header = "Measure what latents still know of each other, by level and distance.",
    description = {
      "Reads Parquet with a column latents, as rgflow score --set score.latents=true writes. Prints, for"
          + " every two levels, the mutual information of their latents, in thousandths of a nat a pair"
          + " and above what chance shows: of z, and of |z|, that is where one's width depends on the"
          + " other. A model that fits leaves none.",
      "Writes correlation.csv, the same by distance on the lattice; correlation.npz, all correlations with"
          + " each latent's level and place; and correlation.png, their sizes, of z at the left and of |z|"
          + " at the right, finest level first."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow score --model runs/photos --data photos --output coded --set score.latents=true",
      "  rgflow correlation --model runs/photos --latents coded --output correlation"
    })
public final class CorrelationCommand implements Callable<Integer> {
  /** Latents along a side of the picture, and of the matrix that the driver holds. */
  private static final int MOST_LATENTS = 8192;

  @Mixin private LatentsOptions options;

  @Option(
      names = "--latents",
      required = true,
      paramLabel = "DIR",
      description = "Parquet with a column latents.")
  private String latents;

  @Override
  public Integer call() throws IOException {
    Storage.open().isFolder(latents); // which says if there is none, before Spark does
    options.write(
        "correlation",
        "written ",
        List.of(latents),
        (spark, model, configuration, out) -> {
          FlowConfig config = model.layer().flow();
          if (config.dimensions() > MOST_LATENTS) {
            throw new DataException(
                options.model()
                    + ": a model of "
                    + config.dimensions()
                    + " latents; allowed: at most "
                    + MOST_LATENTS);
          }
          Correlations found =
              LatentCorrelation.of(LatentTable.read(spark, latents), config.dimensions());
          LatentPlaces places = new LatentPlaces(config);
          List<Correlations.Information> byDistance = found.byDistance(places);
          print(out, found, Correlations.byLevels(byDistance));
          Map<String, byte[]> files = new LinkedHashMap<>();
          files.put("correlation.csv", table(byDistance));
          files.put("correlation.npz", arrays(found, places, config.shape().length));
          files.put("correlation.png", picture(found));
          return files;
        });
    return ExitCode.OK;
  }

  private static void print(
      PrintWriter out, Correlations found, List<Correlations.Information> byLevels) {
    out.printf(
        Locale.ROOT,
        "rows    %,d; two independent latents show %.3f thousandths of a nat by chance%n",
        found.rows(),
        1000 * found.chance());
    out.printf(Locale.ROOT, "%-10s%12s%12s%12s%n", "levels", "pairs", "z", "|z|");
    for (Correlations.Information one : byLevels) {
      out.printf(
          Locale.ROOT,
          "%-10s%,12d%12.3f%12.3f%n",
          one.ofPairs().finer() + ", " + one.ofPairs().coarser(),
          one.pairs(),
          1000 * one.ofValues(),
          1000 * one.ofMagnitudes());
    }
  }

  private static byte[] table(List<Correlations.Information> byDistance) {
    StringBuilder csv =
        new StringBuilder("finer,coarser,beyond_sites,up_to_sites,pairs,nats_of_z,nats_of_abs_z\n");
    for (Correlations.Information one : byDistance) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%d,%d,%.0f,%.0f,%d,%.6g,%.6g\n",
              one.ofPairs().finer(),
              one.ofPairs().coarser(),
              one.ofPairs().beyond(),
              one.ofPairs().upTo(),
              one.pairs(),
              one.ofValues(),
              one.ofMagnitudes()));
    }
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] arrays(Correlations found, LatentPlaces places, int axes)
      throws IOException {
    int count = found.dimensions();
    long[] levels = new long[count];
    long[] sites = new long[count * axes];
    for (int i = 0; i < count; i++) {
      levels[i] = places.level(i);
      for (int a = 0; a < axes; a++) {
        sites[i * axes + a] = places.place(i)[a];
      }
    }
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("correlation", NpyArray.of(found.ofValues(), count, count));
    arrays.put("magnitude_correlation", NpyArray.of(found.ofMagnitudes(), count, count));
    arrays.put("level", NpyArray.of(levels, count));
    arrays.put("place", NpyArray.of(sites, count, axes));
    ByteArrayOutputStream npz = new ByteArrayOutputStream();
    Npz.write(npz, arrays);
    return npz.toByteArray();
  }

  private static byte[] picture(Correlations found) throws IOException {
    int count = found.dimensions();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageGrid.write(
        png,
        List.of(sizes(found.ofValues(), count), sizes(found.ofMagnitudes(), count)),
        new Shape(1, count, count),
        2,
        1);
    return png.toByteArray();
  }

  /** |r| of every pair, the largest of two latents white; the diagonal is left black. */
  private static byte[] sizes(double[] correlations, int count) {
    double largest = Double.MIN_NORMAL;
    for (int i = 0; i < correlations.length; i++) {
      if (i / count != i % count && Math.abs(correlations[i]) > largest) {
        largest = Math.abs(correlations[i]);
      }
    }
    byte[] sizes = new byte[correlations.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] =
          i / count == i % count ? 0 : (byte) Math.round(255 * Math.abs(correlations[i]) / largest);
    }
    return sizes;
  }
}
