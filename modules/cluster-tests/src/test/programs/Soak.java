import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.rgflow.spark.ml.RgFlow;
import org.rgflow.spark.ml.RgFlowModel;

/**
 * A driver that trains and scores, again and again, until it is killed: IMAGES (IDX, gzip) and an
 * output folder are its arguments, and each pass prints a line. As long as a file REST is there, it
 * waits between two passes.
 */
public class Soak {
  private static final int IMAGES = 320;

  public static void main(String[] arguments) throws IOException, InterruptedException {
    SparkSession spark = SparkSession.builder().appName("soak").getOrCreate();
    Dataset<Row> images = images(spark, Path.of(arguments[0]));
    Path rest = Path.of(arguments[2]);
    long seed = 0;
    while (true) {
      RgFlowModel model =
          new RgFlow()
              .setKeyCol("key")
              .setShape(1, 28, 28)
              .setPixels(true)
              .setHidden(8, 8)
              .setHyper(4)
              .setObjective("flow-matching")
              .setMaxIter(2)
              .setRefineIter(1)
              .setSteps(2)
              .setLocalSteps(4)
              .setNumShards(2)
              .setHeldOutFraction(0.1)
              .setRunDir(arguments[1] + "/run" + seed % 2)
              .setSeed(seed)
              .fit(images);
      model
          .transform(images)
          .drop("features")
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(arguments[1] + "/scores");
      Dataset<Row> scores = spark.read().parquet(arguments[1] + "/scores");
      System.out.println(
          "pass "
              + seed
              + ": "
              + scores.count()
              + " scored, "
              + scores.filter("status = 'ok'").count()
              + " ok");
      seed++;
      delete(Path.of(arguments[1] + "/run" + seed % 2));
      if (Files.exists(rest)) {
        System.out.println("rest");
        while (Files.exists(rest)) {
          TimeUnit.MILLISECONDS.sleep(100);
        }
        System.out.println("on");
      }
    }
  }

  private static Dataset<Row> images(SparkSession spark, Path idx) throws IOException {
    StructType schema =
        new StructType()
            .add("key", DataTypes.StringType, false)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType, false), false);
    List<Row> rows = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(
            new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(idx))))) {
      in.skipNBytes(16);
      for (int image = 0; image < IMAGES; image++) {
        byte[] bytes = in.readNBytes(28 * 28);
        Float[] pixels = new Float[bytes.length];
        for (int p = 0; p < pixels.length; p++) {
          pixels[p] = (float) (bytes[p] & 255);
        }
        rows.add(RowFactory.create("image" + image, pixels));
      }
    }
    return spark.createDataFrame(rows, schema).repartition(2);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
