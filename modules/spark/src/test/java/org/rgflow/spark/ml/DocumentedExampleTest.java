package org.rgflow.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.SmallImages;

/** The example of the documentation is the code of this test. */
class DocumentedExampleTest {
  private static final Path PAGE = Path.of("../../docs/ml-pipeline.md");
  private static final Path THIS =
      Path.of("src/test/java/org/rgflow/spark/ml/DocumentedExampleTest.java");

  @TempDir Path temporary;

  @Test
  void theExampleRunsAndIsTheDocumentedOne() throws IOException {
    for (int i = 0; i < 40; i++) {
      SmallImages.write(temporary.resolve("in").resolve(i + ".png"), SmallImages.png(i, 4));
    }
    try (SparkSession spark = LocalSpark.start(2)) {
      Dataset<Row> scores =
          run(spark, temporary.resolve("in").toString(), temporary.resolve("out").toString());
      assertThat(scores.count()).isEqualTo(40);
      assertThat(scores.filter("anomaly = 1").count()).isBetween(1L, 3L);
    }
    assertThat(lines(PAGE, "```java", "```"))
        .isNotEmpty()
        .isEqualTo(lines(THIS, "    // begin", "    // end"));
  }

  private static Dataset<Row> run(SparkSession spark, String folder, String target)
      throws IOException {
    // begin
    Dataset<Row> images = spark.read().format("binaryFile").load(folder);
    RgFlow flow =
        new RgFlow()
            .setFeaturesCol("content")
            .setKeyCol("path")
            .setObjective("flow-matching")
            .setMaxIter(20)
            .setHidden(8, 8)
            .setNumShards(2)
            .setContamination(0.05);
    PipelineModel trained = new Pipeline().setStages(new PipelineStage[] {flow}).fit(images);
    trained.write().overwrite().save(target);

    Dataset<Row> scores = PipelineModel.load(target).transform(images);
    scores.select("path", "bitsPerDim", "anomaly", "status").orderBy("logLikelihood").show();
    RgFlowModel model = (RgFlowModel) trained.stages()[0];
    model.summary().history().select("round", "train_loss", "held_out_loss").show();
    // end
    return scores;
  }

  /** Lines without their indentation. */
  private static List<String> lines(Path file, String after, String before) throws IOException {
    List<String> all = Files.readAllLines(file);
    int begin = all.indexOf(after) + 1;
    int end = begin + all.subList(begin, all.size()).indexOf(before);
    return all.subList(begin, end).stream().map(String::strip).toList();
  }
}
