package org.rgflow.cli.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.rgflow.data.DataException;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.Selection;
import org.rgflow.spark.score.ScoringJob;

/** The scores of sets of images by their role, each computed once and kept until this is closed. */
final class ScoreTables implements AutoCloseable {
  private final ScoringJob job;
  private final int tasks;
  private final List<Dataset<Row>> kept = new ArrayList<>();
  private final Map<Role, Dataset<Row>> tables = new EnumMap<>(Role.class);
  private final Map<Role, ScoredSet> sets = new EnumMap<>(Role.class);

  ScoreTables(ScoringJob job, int tasks) {
    this.job = job;
    this.tasks = tasks;
  }

  /**
   * Scores a set.
   *
   * @throws DataException if none of its images has a score
   */
  void add(Role role, ImageFiles files) {
    addScored(role, files, scored(files));
  }

  /** Scores training images, of which the set is those learnt from. */
  void addTraining(ImageFiles files, Selection learnt) {
    addScored(Role.TRAINING, files, of(scored(files), learnt));
  }

  /** Likewise, and the others are the held-out ones, where there are some. */
  void addTrainingAndHeldOut(ImageFiles files, Selection learnt) {
    Dataset<Row> all = scored(files);
    addScored(Role.TRAINING, files, of(all, learnt));
    Dataset<Row> others = of(all, learnt.others());
    ScoredSet heldOut = ScoredSet.of(Role.HELD_OUT.title(), files, others);
    if (!heldOut.images().isEmpty()) {
      tables.put(Role.HELD_OUT, others);
      sets.put(Role.HELD_OUT, heldOut);
    }
  }

  private Dataset<Row> scored(ImageFiles files) {
    Dataset<Row> scores = job.encode(files, tasks).persist(StorageLevel.MEMORY_AND_DISK());
    kept.add(scores);
    return scores;
  }

  private void addScored(Role role, ImageFiles files, Dataset<Row> scores) {
    tables.put(role, scores);
    sets.put(role, require(ScoredSet.of(role.title(), files, scores), scores));
  }

  private static Dataset<Row> of(Dataset<Row> scores, Selection wanted) {
    FilterFunction<Row> isWanted = row -> wanted.test(row.getAs("key"));
    return scores.filter(isWanted);
  }

  private static ScoredSet require(ScoredSet set, Dataset<Row> scores) {
    if (set.images().isEmpty() && set.errors() == 0) {
      throw new DataException(set.name() + ": no image is left; raise report.images");
    }
    if (set.images().isEmpty()) {
      throw new DataException(
          scores.select(functions.first("error")).first().getString(0)
              + " (none of "
              + set.errors()
              + " images has a score)");
    }
    return set;
  }

  /** By role. */
  Map<Role, Dataset<Row>> tables() {
    return tables;
  }

  /** By role, in its order. */
  Map<Role, ScoredSet> sets() {
    return sets;
  }

  @Override
  public void close() {
    kept.forEach(Dataset::unpersist);
  }
}
