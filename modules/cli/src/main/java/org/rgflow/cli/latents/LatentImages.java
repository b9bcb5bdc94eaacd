package org.rgflow.cli.latents;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleFormat;
import org.rgflow.data.Hole;
import org.rgflow.data.ImageGrid;
import org.rgflow.data.Shape;
import org.rgflow.flow.LatentLevels;
import org.rgflow.flow.LatentPlaces;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.inpaint.Inpainted;
import org.rgflow.spark.inpaint.Inpainting;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.physics.LatentDrawsJob;
import org.rgflow.spark.sample.DecodingJob;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;

/** Images to latents and back by one model, and the picture and the arrays that come of it. */
public final class LatentImages {
  private static final StructType LATENTS =
      new StructType()
          .add("key", DataTypes.StringType)
          .add("latents", DataTypes.createArrayType(DataTypes.DoubleType));

  private final SparkSession spark;
  private final FlowModel model;
  private final Configuration configuration;

  /**
   * @throws DataException if the model is not of gray or RGB images
   */
  LatentImages(SparkSession spark, String name, FlowModel model, Configuration configuration) {
    if (!model.isOfPictures()) {
      throw new DataException(
          name + ": a model of " + model.shape() + "; allowed: one of gray or RGB images");
    }
    this.spark = spark;
    this.model = model;
    this.configuration = configuration;
  }

  Shape shape() {
    return model.shape();
  }

  LatentLevels levels() {
    return LatentLevels.of(model.layer().flow());
  }

  LatentPlaces places() {
    return new LatentPlaces(model.layer().flow());
  }

  /**
   * Checks, before anything is computed, that a picture has room for so many images in a row.
   *
   * @throws DataException if it has not
   */
  void requireRoom(int columns) {
    ImageGrid.requireRoom(model.shape(), columns, configuration.value(Keys.SAMPLE_ZOOM));
  }

  /**
   * The latents of so many images from all over some files, or of all where there are fewer.
   *
   * @throws DataException if one of them cannot be encoded
   */
  List<double[]> encoded(List<String> paths, int images) {
    ImageFiles files = files(paths, images);
    int tasks = configuration.tasks(Keys.SCORE_PARTITIONS, spark);
    ScoringConfig scoring =
        configuration.with(Keys.SCORE_SOLVER_ERROR, false, "no score is compared").scoring();
    List<double[]> latents = new ArrayList<>();
    for (Row row :
        new ScoringJob(spark, model, scoring)
            .encode(files, tasks)
            .select("error", ScoringJob.LATENTS)
            .collectAsList()) {
      if (!row.isNullAt(0)) {
        throw new DataException(row.getString(0));
      }
      latents.add(row.<Float>getList(1).stream().mapToDouble(Float::doubleValue).toArray());
    }
    return latents;
  }

  private ImageFiles files(List<String> paths, int images) {
    return ImageFiles.list(spark, paths, configuration.value(Keys.DATA_CHANNELS)).spread(images);
  }

  /**
   * So many images from all over some files, or all where there are fewer.
   *
   * @throws DataException if one of them cannot be read, or is no image of the model's shape
   */
  List<Example> examples(List<String> paths, int images) {
    ImageFiles files = files(paths, images);
    return files.images((int) files.count(), model.shape());
  }

  /** Fillings of a hole: {@code inpaint.draws}. */
  int fillings() {
    return configuration.value(Keys.INPAINT_DRAWS);
  }

  /** Images with a hole filled. */
  Inpainted inpainted(List<Example> images, Hole hole) {
    int tasks = configuration.tasks(Keys.INPAINT_PARTITIONS, spark);
    LatentDrawsJob job =
        new LatentDrawsJob(JavaSparkContext.fromSparkContext(spark.sparkContext()), tasks);
    return new Inpainting(model, configuration.solver(), configuration.inpainting(), hole, images)
        .run(job, model.parameters());
  }

  /**
   * What latents are of, planar pixels.
   *
   * @throws DataException if one of them cannot be decoded
   */
  List<byte[]> decoded(List<double[]> latents) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < latents.size(); i++) {
      rows.add(RowFactory.create(Integer.toString(i), latents.get(i)));
    }
    Dataset<Row> decoded =
        new DecodingJob(spark, model, configuration.solver())
            .decode(spark.createDataFrame(rows, LATENTS));
    Map<String, byte[]> pixels = new HashMap<>();
    for (Row row : decoded.collectAsList()) {
      if (row.getAs("error") != null) {
        throw new DataException(row.<String>getAs("error"));
      }
      pixels.put(row.getString(0), ExampleFormat.image("a PNG", row.getAs("image"), 0).pixels());
    }
    return rows.stream().map(row -> pixels.get(row.getString(0))).toList();
  }

  /**
   * {@code name.png}, images in rows, as many as a picture holds, and {@code name.npz}, all of them
   * as an array.
   */
  Map<String, byte[]> files(String name, List<byte[]> images, int columns) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    int zoom = configuration.value(Keys.SAMPLE_ZOOM);
    List<byte[]> drawn = ImageGrid.thatFit(images, model.shape(), columns, zoom);
    ImageGrid.write(png, drawn, model.shape(), columns, zoom);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(name + ".png", png.toByteArray());
    files.put(name + ".npz", ImageArrays.ofPixels(images, model.shape()));
    return files;
  }

  /** How many values differ by more than a step of the 8 bits, and by how much at most. */
  public static String difference(byte[] before, byte[] after) {
    int moved = 0;
    int most = 0;
    for (int i = 0; i < before.length; i++) {
      int difference = Math.abs((before[i] & 0xFF) - (after[i] & 0xFF));
      moved += difference > 1 ? 1 : 0;
      most = Math.max(most, difference);
    }
    return String.format(
        Locale.ROOT, "moves %,d of %,d values, by %d of 255 at most", moved, before.length, most);
  }
}
