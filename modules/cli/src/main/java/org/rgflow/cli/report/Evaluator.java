package org.rgflow.cli.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.DataException;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.Selection;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.sample.DecodingJob;
import org.rgflow.spark.sample.SamplingConfig;
import org.rgflow.spark.sample.SamplingJob;
import org.rgflow.spark.score.OutlierDetection;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;

/**
 * Has a model score, draw and decode what a page shows.
 *
 * @param scoring of sets of images
 * @param sampling of the samples
 * @param telling gets a line before each step
 */
record Evaluator(
    SparkSession spark,
    FlowModel model,
    ScoringConfig scoring,
    SamplingConfig sampling,
    int tasks,
    Consumer<String> telling) {
  /** Samples drawn, images shown beside them, and images decoded again, at most. */
  static final int SHOWN = 64;

  /**
   * Evaluates.
   *
   * @param files sets that are scored whole; all of them may be left out
   * @param learnt those of the training images that were not held out of it; the others are the
   *     held-out ones where there is no such set
   * @throws DataException if no image of a set has a score
   */
  Evaluation evaluate(Map<Role, ImageFiles> files, Selection learnt) {
    try (ScoreTables scores = new ScoreTables(new ScoringJob(spark, model, scoring), tasks)) {
      files.forEach(
          (role, images) -> {
            telling.accept(Numbers.of("scoring %,d images: %s", images.count(), role.title()));
            if (role != Role.TRAINING) {
              scores.add(role, images);
            } else if (files.containsKey(Role.HELD_OUT)) {
              scores.addTraining(images, learnt);
            } else {
              scores.addTrainingAndHeldOut(images, learnt);
            }
          });
      return new Evaluation(
          List.copyOf(scores.sets().values()),
          samples(),
          shown(files, scores.sets()).map(role -> exhibit(scores, role)),
          separations(scores.tables()));
    }
  }

  /** An encoding that can be solved may have a decoding that cannot: then there are none. */
  private List<byte[]> samples() {
    if (!model.isOfPictures()) {
      return List.of();
    }
    telling.accept("drawing " + SHOWN + " samples");
    try {
      return new SamplingJob(spark, model, sampling).pixels(SHOWN, tasks);
    } catch (SolveException e) {
      telling.accept("left out: samples, " + e.getMessage());
      return List.of();
    }
  }

  /** The set that says most: the held-out images where they are given, or enough. */
  private Optional<Role> shown(Map<Role, ImageFiles> files, Map<Role, ScoredSet> sets) {
    return Stream.of(Role.HELD_OUT, Role.TRAINING, Role.OUTLIERS)
        .filter(role -> model.isOfPictures() && sets.containsKey(role))
        .filter(role -> files.containsKey(role) || sets.get(role).images().size() >= SHOWN)
        .findFirst();
  }

  private Exhibit exhibit(ScoreTables scores, Role role) {
    telling.accept("decoding latents again");
    Dataset<Row> few = scores.tables().get(role).where("error is null").limit(SHOWN);
    Dataset<Row> decoded = new DecodingJob(spark, model, scoring.solver()).decode(few);
    return Exhibit.of(scores.sets().get(role), decoded, tasks);
  }

  private Optional<OutlierDetection.Result> separations(Map<Role, Dataset<Row>> scores) {
    if (scores.size() < Role.values().length) {
      if (scores.containsKey(Role.OUTLIERS)) {
        telling.accept(
            "left out: how well outliers are told, which needs training and held-out images");
      }
      return Optional.empty();
    }
    telling.accept("telling outliers");
    try {
      return Optional.of(
          OutlierDetection.tell(
              scores.get(Role.TRAINING), scores.get(Role.HELD_OUT), scores.get(Role.OUTLIERS)));
    } catch (DataException e) {
      telling.accept("left out: " + e.getMessage()); // too few or too equal images to calibrate by
      return Optional.empty();
    }
  }
}
