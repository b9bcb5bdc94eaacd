package org.rgflow.spark.ml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.rgflow.data.DataException;
import org.rgflow.data.Npz;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.model.WeightArrays;
import org.rgflow.spark.score.UsualScores;
import scala.Option;

/**
 * The folder of a saved stage: MLlib's {@code metadata} with the Params, and
 *
 * <pre>
 *   data/model.zip         the model, which loading reads
 *   data/weights.npz       its parameters by name, for Python
 *   data/metrics.jsonl     a line for each round of training
 *   data/calibration.json  what scores are usual, where that is known
 * </pre>
 */
final class RgFlowModelFiles {
  private static final String MODEL = "data/model.zip";
  private static final String WEIGHTS = "data/weights.npz";
  private static final String METRICS = "data/metrics.jsonl";
  private static final String CALIBRATION = "data/calibration.json";

  private RgFlowModelFiles() {}

  /** Writes the folder. */
  static final class Writer extends MLWriter {
    private final RgFlowModel model;

    Writer(RgFlowModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
      WholeFiles files = open(sc().hadoopConfiguration(), path);
      String lines = String.join("\n", model.metrics());
      files.write(new Path(path, METRICS), lines.getBytes(StandardCharsets.UTF_8));
      model.usual().ifPresent(usual -> files.writeJson(new Path(path, CALIBRATION), usual.json()));
      files.write(new Path(path, WEIGHTS), out -> Npz.write(out, WeightArrays.of(model.flow())));
      files.write(new Path(path, MODEL), model.flow()::save);
    }
  }

  /** Reads the folder. */
  static final class Reader extends MLReader<RgFlowModel> {
    @Override
    public RgFlowModel load(String path) {
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader.loadMetadata(path, sc(), RgFlowModel.class.getName());
      WholeFiles files = open(sc().hadoopConfiguration(), path);
      Path zip = new Path(path, MODEL);
      FlowModel flow = require(files, zip, in -> FlowModel.load(zip.toString(), in));
      byte[] lines = require(files, new Path(path, METRICS), InputStream::readAllBytes);
      List<String> metrics = new String(lines, StandardCharsets.UTF_8).lines().toList();
      Path calibration = new Path(path, CALIBRATION);
      UsualScores usual =
          files
              .readJson(calibration)
              .map(json -> UsualScores.of(calibration.toString(), json))
              .orElse(null);
      RgFlowModel model = new RgFlowModel(metadata.uid(), flow, metrics, usual);
      metadata.getAndSetParams(model, Option.empty());
      return model;
    }

    private static <T> T require(WholeFiles files, Path file, WholeFiles.Reader<T> reader) {
      return files
          .read(file, reader)
          .orElseThrow(() -> new DataException(file + ": no such file; not a saved RgFlowModel"));
    }
  }

  private static WholeFiles open(Configuration hadoop, String path) {
    try {
      return WholeFiles.of(hadoop, new Path(path));
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be reached", e);
    }
  }
}
