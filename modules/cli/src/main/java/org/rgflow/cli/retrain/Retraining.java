package org.rgflow.cli.retrain;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.config.Layer;
import org.rgflow.cli.config.RetrainDrift;
import org.rgflow.cli.config.RetrainFiles;
import org.rgflow.cli.config.RetrainStart;
import org.rgflow.cli.config.Sections;
import org.rgflow.cli.score.ScoringProgress;
import org.rgflow.cli.terminal.Shown;
import org.rgflow.cli.train.RunFiles;
import org.rgflow.cli.train.Training;
import org.rgflow.data.DataException;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.ToldBy;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Version;
import org.rgflow.spark.retrain.Decision;
import org.rgflow.spark.retrain.Outcome;
import org.rgflow.spark.retrain.RetrainingPlan;
import org.rgflow.spark.retrain.RetrainingRun;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.run.TrainingResult;
import org.rgflow.spark.score.PairedComparison;
import org.rgflow.spark.score.ScoreDistribution;
import org.rgflow.spark.score.ScoreDrift;
import org.rgflow.spark.score.ScoreSummary;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;
import org.rgflow.spark.train.shards.TrainingInput;

/**
 * One retraining: from the files that are there to a version that is published, and promoted if it
 * is better than the champion.
 *
 * <p>What it is of is settled when its training begins. Killed at any moment and started again it
 * goes on with the same, and every step that is done stays as it is.
 */
final class Retraining {
  private static final String CHAMPION = "champion";
  private static final String CHALLENGER = "challenger";
  private static final String NEW = "new";

  /** Of these only the keys count that change the result. */
  private static final Set<String> DECIDING =
      Stream.concat(Sections.LEARNT.stream(), Stream.of("score", "retrain"))
          .collect(Collectors.toSet());

  /** Where things are, how long they may take, how they are spread, and whether to begin. */
  private static final Set<Key<?>> NOT_DECIDING =
      Set.of(
          Keys.DATA_TRAIN,
          Keys.DATA_VALIDATION,
          Keys.TRAIN_MAX_SECONDS,
          Keys.TRAIN_KEEP_CHECKPOINTS,
          Keys.TRAIN_KEEP_EVERY,
          Keys.SCORE_PARTITIONS,
          Keys.SCORE_CHUNK,
          Keys.SCORE_LATENTS,
          Keys.SCORE_NEW_BY,
          Keys.SCORE_OVERWRITE,
          Keys.RETRAIN_DATE,
          Keys.RETRAIN_DRIFT,
          Keys.RETRAIN_MINIMUM_NEW,
          Keys.RETRAIN_LEASE_SECONDS,
          Keys.RETRAIN_WAIT_SECONDS);

  private static final List<String> SECTIONS =
      Stream.concat(Training.SECTIONS.stream(), Stream.of("score", "registry", "retrain")).toList();

  /** What a version has of its training. */
  private static final List<String> VERSION_FILES =
      List.of(
          Version.MODEL,
          RunFolder.CONFIG,
          RunFolder.METRICS,
          RunFolder.PROVENANCE,
          RunFolder.TRAINING_FILES,
          RunFiles.VALIDATION.file());

  private final SparkSession spark;
  private final org.apache.hadoop.conf.Configuration hadoop;
  private final RegisteredModel model;
  private final Configuration asked;
  private final List<String> commandLine;
  private final Shown shown;

  Retraining(
      SparkSession spark,
      RegisteredModel model,
      Configuration asked,
      List<String> commandLine,
      Shown shown) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.model = model;
    this.asked = asked;
    this.commandLine = commandLine;
    this.shown = shown;
  }

  /** SHA-256 of all that decides the result, but for files and date. */
  static String fingerprint(Configuration configuration) {
    return configuration.fingerprint(DECIDING, NOT_DECIDING);
  }

  /**
   * What would be done, or is to be gone on with.
   *
   * @param run of the plan
   * @param champion it starts from and is compared with; null for none
   * @param files by what they are for
   * @param found all files of the training data
   * @param fresh files of the training data that the champion did not know; none if begun
   * @param begun whether the plan was settled before
   * @param alike the newest version, if it came of the same on another date; else null
   */
  record Work(
      RetrainingRun run,
      Version champion,
      Map<RunFiles, ImageFiles> files,
      FileInventory found,
      ImageFiles fresh,
      boolean begun,
      Version alike) {
    boolean isWorthIt(Configuration configuration) {
      return begun
          || alike == null
              && (champion == null
                  || fresh.inventory().size() >= configuration.value(Keys.RETRAIN_MINIMUM_NEW));
    }

    /** Whether what the new images score decides if it trains. */
    boolean isDecidedByDrift(Configuration configuration) {
      return configuration.value(Keys.RETRAIN_DRIFT) != RetrainDrift.IGNORE
          && !begun
          && champion != null;
    }
  }

  /**
   * Finds out what is to be done; nothing is written.
   *
   * @throws DataException if there are no files, a run that began has lost some, or the champion is
   *     damaged or lost
   */
  Work plan(String date) {
    Optional<RetrainingRun> begun = RetrainingRun.begun(model, date, fingerprint(asked));
    return begun.isPresent() ? goOn(begun.get()) : begin(date);
  }

  private Work begin(String date) {
    ToldBy told = asked.value(Keys.RETRAIN_NEW_BY);
    Version champion = model.championVersion().orElse(null);
    warnOfDamagedVersions();
    FileInventory known =
        champion == null ? FileInventory.empty() : RetrainingRun.known(model, champion);
    ImageFiles all = images(Keys.DATA_TRAIN, told);
    ImageFiles fresh = all.except(known.toldBy(told));
    boolean isOfNew =
        asked.value(Keys.RETRAIN_FILES) == RetrainFiles.NEW && fresh.inventory().size() > 0;
    Map<RunFiles, ImageFiles> files = new EnumMap<>(RunFiles.class);
    files.put(RunFiles.TRAIN, isOfNew ? fresh : all);
    files.put(RunFiles.VALIDATION, images(Keys.DATA_VALIDATION, told));
    RunFiles.requireApart(all, files.get(RunFiles.VALIDATION));
    RetrainingPlan plan =
        new RetrainingPlan(
            model.name(),
            date,
            fingerprint(asked),
            files.get(RunFiles.TRAIN).inventory().toldBy(told).fingerprint(),
            all.inventory().toldBy(told).fingerprint(),
            files.get(RunFiles.VALIDATION).inventory().toldBy(told).fingerprint(),
            champion == null ? 0 : champion.number());
    RetrainingRun run = new RetrainingRun(model, plan);
    Version alike = run.lastAlike().orElse(null);
    return new Work(run, champion, files, all.inventory(), fresh, false, alike);
  }

  private void warnOfDamagedVersions() {
    for (String damage : model.damagedVersions().values()) {
      shown.warnings().println("rgflow: warning: " + damage + "; the version is passed over");
    }
    shown.warnings().flush();
  }

  private Work goOn(RetrainingRun run) {
    boolean isDecided = run.decision().isPresent(); // then only publishing is left
    Map<RunFiles, ImageFiles> files = new EnumMap<>(RunFiles.class);
    for (RunFiles kind : RunFiles.values()) {
      FileInventory begun = run.inventory(kind.file());
      ImageFiles now = images(kind.key(), isDecided ? ToldBy.LENGTH : unchangedBy());
      if (!isDecided) {
        requireUnchanged(run, kind, begun, now.inventory());
      }
      files.put(kind, now.among(begun));
    }
    FileInventory known = run.inventory(RetrainingRun.KNOWN_FILES);
    int champion = run.plan().champion();
    return new Work(
        run,
        champion == 0 || isDecided ? null : model.requireVersion(champion),
        files,
        known,
        files.get(RunFiles.TRAIN).except(known),
        true,
        null);
  }

  private ImageFiles images(Key<List<String>> paths, ToldBy told) {
    return ImageFiles.list(spark, asked.value(paths), asked.value(Keys.DATA_CHANNELS), told);
  }

  /** By what a file is the one that a run began with: at least by its time. */
  private ToldBy unchangedBy() {
    ToldBy told = asked.value(Keys.RETRAIN_NEW_BY);
    return told == ToldBy.LENGTH ? ToldBy.TIME : told;
  }

  /** Files that change while they are read would make a result of no data that ever were. */
  private void requireUnchanged(
      RetrainingRun run, RunFiles kind, FileInventory begun, FileInventory now) {
    String changed = begun.firstMissingIn(now.toldBy(unchangedBy()));
    if (changed != null) {
      throw new DataException(
          kind.key().name()
              + ": "
              + changed
              + " was changed or removed after "
              + run.uri()
              + " began to read it; allowed: files that stay as they are, or another retrain.date");
    }
  }

  /**
   * Scores the new images under the champion; of a night that was cut off here the finished chunks
   * stay.
   *
   * @param stop asked after every chunk of scores
   * @return empty if there are no new images
   * @throws CancellationException if it was stopped; what is scored stays
   * @throws DataException if the champion's held-out images were scored otherwise
   */
  Optional<ScoreDrift> drift(Work work, BooleanSupplier stop) {
    if (work.fresh().inventory().size() == 0) {
      return Optional.empty();
    }
    FlowModel champion = model.model(work.champion());
    String folder = work.run().scores(NEW);
    shown.progress().println("scoring the new images under the champion");
    score(work.fresh(), folder, NEW, champion, scoring(champion), stop);
    return Optional.of(ScoreDrift.of(spark, RetrainingRun.usual(model, work.champion()), folder));
  }

  /**
   * Does what is planned, or what is left of it.
   *
   * @param stop asked after every round of training and every chunk of scores
   * @return empty if {@code train.maxSeconds} was over
   * @throws CancellationException if it was stopped; what is done stays
   */
  Optional<Outcome> run(Work work, Lease lease, BooleanSupplier stop) {
    RetrainingRun run = work.run();
    if (run.decision().isEmpty()) {
      TrainingResult trained = train(work, lease, stop);
      lease.require();
      if (trained.rounds() < asked.rounds()) {
        requireGoingOn(stop);
        return Optional.empty();
      }
      Decision decision = decide(work, trained.model(), stop);
      requireUnchangedNow(work);
      lease.require();
      run.decide(decision, ScoreDistribution.of(spark, run.scores(CHALLENGER)));
    }
    return Optional.of(run.publish(lease, VERSION_FILES));
  }

  private TrainingResult train(Work work, Lease lease, BooleanSupplier stop) {
    RetrainingRun run = work.run();
    RunFolder folder = RunFolder.resume(hadoop, run.uri());
    boolean isFresh = asked.value(Keys.RETRAIN_START) == RetrainStart.FRESH;
    FlowModel start = isFresh || work.champion() == null ? null : model.model(work.champion());
    Configuration settled =
        Training.settleShards(
            Training.settleTransform(asked, start)
                .with(Keys.RUN_DIR, run.uri(), "retrain")
                .with(Keys.TRAIN_SHARDS, shards(folder), "the run"),
            spark);
    TrainingInput input =
        new TrainingInput(
            work.files().get(RunFiles.TRAIN),
            work.files().get(RunFiles.VALIDATION),
            settled.transform(),
            settled.augmentation(),
            start);
    Training training =
        new Training(settled, input, work.files(), folder, SECTIONS, commandLine, shown);
    return training.run(
        spark,
        () -> {
          lease.require();
          run.begin(work.found());
        },
        lease.guarding(stop));
  }

  /** Of a run that goes on those it began with: on another cluster there may be other cores. */
  private int shards(RunFolder folder) {
    return folder
        .read(RunFolder.CONFIG)
        .map(yaml -> Layer.yaml(folder.uri() + "/" + RunFolder.CONFIG, yaml))
        .map(layer -> Configuration.resolve(List.of(layer)))
        .map(stored -> stored.value(Keys.TRAIN_SHARDS))
        .orElse(asked.value(Keys.TRAIN_SHARDS));
  }

  /**
   * @throws CancellationException if it was stopped; what is scored stays
   */
  private Decision decide(Work work, FlowModel challenger, BooleanSupplier stop) {
    ScoringConfig scoring = scoring(challenger);
    ScoreSummary found = scoreHeldOut(work, CHALLENGER, challenger, scoring, stop);
    if (work.champion() == null) {
      return asked.promotion().first(found);
    }
    ScoreSummary before = scoreHeldOut(work, CHAMPION, model.model(work.champion()), scoring, stop);
    PairedComparison.Result compared =
        new PairedComparison(spark)
            .compare(work.run().scores(CHAMPION), work.run().scores(CHALLENGER));
    return asked.promotion().decide(work.champion().number(), before, found, compared);
  }

  /** Exact, with half the step that a model was trained with. */
  private ScoringConfig scoring(FlowModel trained) {
    return new ScoringConfig(
        trained.layer().solver().finer(),
        DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
        asked.value(Keys.SCORE_SEED),
        asked.value(Keys.SCORE_DRAWS),
        true,
        asked.value(Keys.SCORE_MAX_SOLVER_ERROR));
  }

  private ScoreSummary scoreHeldOut(
      Work work, String name, FlowModel scored, ScoringConfig scoring, BooleanSupplier stop) {
    requireGoingOn(stop);
    shown.progress().printf(Locale.ROOT, "scoring the held-out images under the %s%n", name);
    ImageFiles heldOut = work.files().get(RunFiles.VALIDATION);
    return score(heldOut, work.run().scores(name), name, scored, scoring, stop);
  }

  private static void requireGoingOn(BooleanSupplier stop) {
    if (stop.getAsBoolean()) {
      throw new CancellationException("asked to stop");
    }
  }

  private ScoreSummary score(
      ImageFiles images,
      String folder,
      String name,
      FlowModel scored,
      ScoringConfig scoring,
      BooleanSupplier stop) {
    ScoringProgress progress = new ScoringProgress(shown, stop);
    ScoreSummary summary =
        new ScoringJob(spark, scored, scoring)
            .write(images, asked.scoreOutput(folder, spark, FileInventory.empty()), progress);
    progress.finish();
    shown
        .progress()
        .printf(
            Locale.ROOT,
            "%-11s %.4f %s, standard error %.4f%n",
            name,
            summary.mean(),
            summary.unit(),
            summary.standardError());
    return summary;
  }

  private void requireUnchangedNow(Work work) {
    work.files()
        .forEach(
            (kind, images) ->
                requireUnchanged(
                    work.run(),
                    kind,
                    images.inventory(),
                    ImageFiles.inventoryOf(spark, asked.value(kind.key()), unchangedBy())));
  }
}
