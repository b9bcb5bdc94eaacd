package org.rgflow.spark.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.TableOutput;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;

/**
 * The scores of one set on any Hadoop file system, as a table of Parquet that Spark reads whole.
 *
 * <pre>
 *   chunk=0/part-*.parquet, chunk=0/_SUCCESS, chunk=1/...
 *   _plan.json              first: what is scored
 *   _files.jsonl.gz         first: the files of the images; _earlier.jsonl.gz: those left out
 *   _labels.jsonl.gz        first, of a model of classes: the files of labels beside them
 *   _manifest.json          last: the same and what the scores come to
 * </pre>
 *
 * A chunk is complete when Spark's commit protocol has left its {@code _SUCCESS}.
 */
public final class ScoreFolder {
  private static final String FILES = "_files.jsonl.gz";
  private static final String EARLIER = "_earlier.jsonl.gz";
  private static final String LABELS = "_labels.jsonl.gz";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String uri;
  private final Path root;
  private final TableOutput table;
  private final WholeFiles files;

  private ScoreFolder(String uri, TableOutput table, WholeFiles files) {
    this.uri = uri;
    this.root = new Path(uri);
    this.table = table;
    this.files = files;
  }

  static ScoreFolder open(Configuration hadoop, String uri) {
    try {
      return new ScoreFolder(
          uri, TableOutput.of(hadoop, uri), WholeFiles.of(hadoop, new Path(uri)));
    } catch (IOException e) {
      throw WholeFiles.unreachable(uri, e);
    }
  }

  /**
   * The files that finished scores are of, those of labels and those that they left out as known
   * included.
   *
   * @throws DataException if the folder holds no finished scores
   */
  public static FileInventory scoredFiles(Configuration hadoop, String uri) {
    ScoreFolder folder = finished(hadoop, uri);
    return folder
        .inventory(EARLIER)
        .orElse(FileInventory.empty())
        .and(folder.files())
        .and(folder.labels().orElse(FileInventory.empty()));
  }

  /** Whether it holds finished scores of no images, as where nothing was new. */
  public static boolean isOfNoImages(Configuration hadoop, String uri) {
    return open(hadoop, uri).summary().filter(summary -> summary.rows() == 0).isPresent();
  }

  /**
   * A folder of finished scores.
   *
   * @throws DataException if the folder holds none
   */
  static ScoreFolder finished(Configuration hadoop, String uri) {
    ScoreFolder folder = open(hadoop, uri);
    if (folder.read(TableOutput.MANIFEST).isEmpty()) {
      throw new DataException(
          uri
              + ": holds no "
              + TableOutput.MANIFEST
              + "; allowed: the output of a score that has finished");
    }
    return folder;
  }

  /** What it is to others: a table. */
  TableOutput table() {
    return table;
  }

  /** The plan of scores that have begun. */
  Optional<ScorePlan> plan() {
    return read(TableOutput.PLAN).map(json -> ScorePlan.of(uri + "/" + TableOutput.PLAN, json));
  }

  /** The files of the images of scores that have begun. */
  FileInventory files() {
    return inventory(FILES).orElse(FileInventory.empty());
  }

  /**
   * Their files of labels; empty of a model without classes, and of scores from before these were
   * noted.
   */
  Optional<FileInventory> labels() {
    return inventory(LABELS);
  }

  /** What finished scores come to. */
  Optional<ScoreSummary> summary() {
    return read(TableOutput.MANIFEST).map(ScoreSummary::of);
  }

  /** The scores themselves: {@link ScoringJob#SCHEMA}. */
  Dataset<Row> rows(SparkSession spark) {
    return spark.read().schema(ScoringJob.SCHEMA).parquet(uri);
  }

  private Optional<FileInventory> inventory(String name) {
    return files
        .read(new Path(root, name))
        .map(bytes -> FileInventory.read(uri + "/" + name, bytes));
  }

  private Optional<JsonNode> read(String name) {
    return files.readJson(new Path(root, name));
  }

  /** Settles what is scored: the plan last, as it is what a job looks for. */
  void begin(ScorePlan plan, ImageFiles images, FileInventory earlier) {
    files.write(new Path(root, FILES), images.inventory().bytes());
    images.labels().ifPresent(labels -> files.write(new Path(root, LABELS), labels.bytes()));
    if (earlier.size() > 0) {
      files.write(new Path(root, EARLIER), earlier.bytes());
    }
    ObjectNode json = JSON.createObjectNode();
    plan.putTo(json);
    write(TableOutput.PLAN, json);
  }

  void finish(ScorePlan plan, ScoreSummary summary) {
    ObjectNode json = JSON.createObjectNode();
    plan.putTo(json);
    summary.putTo(json);
    json.put("finished", Instant.now().toString());
    write(TableOutput.MANIFEST, json);
  }

  private void write(String name, ObjectNode json) {
    files.writeJson(new Path(root, name), json);
  }

  String chunk(int number) {
    return uri + "/chunk=" + number;
  }

  boolean isComplete(int number) {
    try {
      return files.fileSystem().exists(new Path(chunk(number), "_SUCCESS"));
    } catch (IOException e) {
      throw WholeFiles.unreachable(uri, e);
    }
  }
}
