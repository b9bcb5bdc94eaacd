package org.rgflow.cli.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.PngImage;
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
 * What a model makes of sets of images, and what it draws itself.
 *
 * @param sets with their scores; none where no images were given
 * @param samples planar pixels; none of what is no picture
 * @param exhibit images to look at; empty where there are none, or they are no pictures
 * @param separations how well outliers are told, where there are some
 */
public record Evaluation(
    List<ScoredSet> sets,
    List<byte[]> samples,
    Optional<Exhibit> exhibit,
    Optional<OutlierDetection.Result> separations) {
  /** Samples drawn, images shown beside them, and images decoded again, at most. */
  static final int SHOWN = 64;

  /** Images shown at either end of the likelihoods. */
  static final int EXTREMES = 12;

  /** What sets of images are to a model. */
  public enum Role {
    /** It learnt from them. */
    TRAINING("training"),
    /** It has not seen them; they are of the same kind. */
    HELD_OUT("held out"),
    /** They are of another kind. */
    OUTLIERS("outliers");

    private final String title;

    Role(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /**
   * Images of the set that says most: the held-out ones where they are given, or enough.
   *
   * @param extremes the likeliest and the least likely images' pixels, by key
   * @param reconstruction of its first images
   */
  record Exhibit(ScoredSet set, Map<String, byte[]> extremes, Reconstruction reconstruction) {}

  /**
   * Evaluates.
   *
   * @param sampling of the samples; sets of images are scored by {@code scoring}
   * @param sets that are scored whole; all of them may be left out
   * @param learnt those of the training images that were not held out of it; the others are the
   *     held-out ones where there is no such set
   * @param telling gets a line before each step
   * @throws DataException if no image of a set has a score
   */
  public static Evaluation of(
      SparkSession spark,
      FlowModel model,
      ScoringConfig scoring,
      SamplingConfig sampling,
      Map<Role, ImageFiles> sets,
      Selection learnt,
      int tasks,
      Consumer<String> telling) {
    boolean isPicture = model.isOfPixels() && PngImage.holds(model.shape());
    ScoringJob job = new ScoringJob(spark, model, scoring);
    List<Dataset<Row>> encoded = new ArrayList<>();
    Map<Role, Dataset<Row>> scores = new EnumMap<>(Role.class);
    try {
      Map<Role, ScoredSet> scored = new EnumMap<>(Role.class);
      sets.forEach(
          (role, files) -> {
            telling.accept(Numbers.of("scoring %,d images: %s", files.count(), role.title));
            Dataset<Row> found = job.encode(files, tasks).persist(StorageLevel.MEMORY_AND_DISK());
            encoded.add(found);
            scores.put(role, role == Role.TRAINING ? of(found, learnt) : found);
            scored.put(role, require(ScoredSet.of(role.title, files, scores.get(role)), found));
            if (role == Role.TRAINING && !sets.containsKey(Role.HELD_OUT)) {
              Dataset<Row> heldOut = of(found, learnt.others());
              ScoredSet split = ScoredSet.of(Role.HELD_OUT.title, files, heldOut);
              if (!split.images().isEmpty()) {
                scores.put(Role.HELD_OUT, heldOut);
                scored.put(Role.HELD_OUT, split);
              }
            }
          });
      List<byte[]> samples = List.of();
      if (isPicture) {
        telling.accept("drawing " + SHOWN + " samples");
        samples = samples(new SamplingJob(spark, model, sampling), tasks, telling);
      }
      Optional<Role> shown =
          Stream.of(Role.HELD_OUT, Role.TRAINING, Role.OUTLIERS)
              .filter(role -> isPicture && scored.containsKey(role))
              .filter(role -> sets.containsKey(role) || scored.get(role).images().size() >= SHOWN)
              .findFirst();
      Optional<Exhibit> exhibit = Optional.empty();
      if (shown.isPresent()) {
        telling.accept("decoding latents again");
        ScoredSet set = scored.get(shown.get());
        Dataset<Row> few = scores.get(shown.get()).where("error is null").limit(SHOWN);
        Dataset<Row> decoded = new DecodingJob(spark, model, scoring.solver()).decode(few);
        exhibit =
            Optional.of(
                new Exhibit(
                    set, extremes(set, tasks), Reconstruction.of(set.files(), decoded, tasks)));
      }
      return new Evaluation(
          List.copyOf(scored.values()), samples, exhibit, outliers(scores, telling));
    } finally {
      encoded.forEach(Dataset::unpersist);
    }
  }

  /** An encoding that can be solved may have a decoding that cannot: then there are none. */
  private static List<byte[]> samples(SamplingJob job, int tasks, Consumer<String> telling) {
    try {
      return job.pixels(SHOWN, tasks);
    } catch (SolveException e) {
      telling.accept("left out: samples, " + e.getMessage());
      return List.of();
    }
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

  private static Dataset<Row> of(Dataset<Row> scores, Selection wanted) {
    FilterFunction<Row> isWanted = row -> wanted.test(row.getAs("key"));
    return scores.filter(isWanted);
  }

  private static Map<String, byte[]> extremes(ScoredSet set, int tasks) {
    List<ScoredSet.Scored> ranked = set.ranked();
    int ends = Math.min(EXTREMES, ranked.size());
    Set<String> keys =
        Stream.concat(
                ranked.subList(0, ends).stream(),
                ranked.subList(ranked.size() - ends, ranked.size()).stream())
            .map(ScoredSet.Scored::key)
            .collect(Collectors.toSet());
    Map<String, byte[]> pixels = new LinkedHashMap<>();
    set.files()
        .examples(keys, tasks)
        .forEach((String key, Example example) -> pixels.put(key, example.pixels()));
    return pixels;
  }

  private static Optional<OutlierDetection.Result> outliers(
      Map<Role, Dataset<Row>> scores, Consumer<String> telling) {
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
