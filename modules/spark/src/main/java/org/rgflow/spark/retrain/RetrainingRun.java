package org.rgflow.spark.retrain;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.registry.Champion;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Version;
import org.rgflow.spark.score.ScoreDistribution;

/**
 * The folder of one retraining, {@code runs/DATE-DIGEST} of a model: a training's run, and
 *
 * <pre>
 *   known-files.jsonl.gz   all files found when it began
 *   plan.json              what it is of; from here on a retry goes on with the same
 *   scores/                of the held-out images under champion and challenger
 *   decision.json          whether the challenger is to be champion
 *   outcome.json           last: what was published, and whether it was promoted
 * </pre>
 *
 * Every step looks whether it is done already, so that a run that was killed between two goes on
 * with the second.
 */
public final class RetrainingRun {
  /** All files that were found when a run began. */
  public static final String KNOWN_FILES = "known-files.jsonl.gz";

  private static final String PLAN = "plan.json";
  private static final String DECISION = "decision.json";
  private static final String OUTCOME = "outcome.json";
  private static final String CALIBRATION = "calibration.json";
  private static final String MLFLOW = "MLmodel";

  private final RegisteredModel model;
  private final RetrainingPlan plan;
  private final WholeFiles files;
  private final Path root;

  /** The run of a plan, begun or not. */
  public RetrainingRun(RegisteredModel model, RetrainingPlan plan) {
    this.model = model;
    this.plan = plan;
    this.files = model.files();
    this.root = new Path(model.runs(), plan.id());
  }

  /** The run of a date and configuration that has begun. */
  public static Optional<RetrainingRun> begun(
      RegisteredModel model, String date, String configuration) {
    for (FileStatus folder : model.files().list(model.runs())) {
      if (folder.getPath().getName().startsWith(date + "-")) {
        Path file = new Path(folder.getPath(), PLAN);
        Optional<RetrainingPlan> plan =
            model.files().readJson(file).map(json -> RetrainingPlan.of(file.toString(), json));
        if (plan.isPresent()
            && plan.get().date().equals(date)
            && plan.get().configuration().equals(configuration)) {
          return Optional.of(new RetrainingRun(model, plan.get()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The newest version, if its run was of the same as this one but for its date, and the champion
   * has not changed since.
   */
  public Optional<Version> lastAlike() {
    List<Version> versions = model.versions();
    return versions.stream()
        .skip(Math.max(0, versions.size() - 1))
        .filter(last -> last.sums().files().containsKey(PLAN))
        .filter(last -> plan(last).isOfTheSameAs(plan))
        .filter(last -> model.champion().filter(champion -> isAfter(champion, last)).isEmpty())
        .findFirst();
  }

  private RetrainingPlan plan(Version version) {
    String name = model.folder(version.number()) + "/" + PLAN;
    return RetrainingPlan.of(name, model.read(version, PLAN));
  }

  private static boolean isAfter(Champion champion, Version version) {
    return Instant.parse(champion.since()).isAfter(Instant.parse(version.published()));
  }

  /** What it is of. */
  public RetrainingPlan plan() {
    return plan;
  }

  /** Its folder. */
  public String uri() {
    return root.toString();
  }

  /** Where scores of the held-out images are. */
  public String scores(String of) {
    return root + "/scores/" + of;
  }

  /** Settles the plan. */
  public void begin(FileInventory known) {
    files.write(new Path(root, KNOWN_FILES), known.bytes());
    files.writeJson(new Path(root, PLAN), plan.json());
  }

  /**
   * A list of files that it wrote when it began.
   *
   * @throws DataException if it is gone
   */
  public FileInventory inventory(String name) {
    Path file = new Path(root, name);
    return files
        .read(file)
        .map(bytes -> FileInventory.read(file.toString(), bytes))
        .orElseThrow(() -> new DataException(file + ": is missing"));
  }

  /** What was decided. */
  public Optional<Decision> decision() {
    return files.readJson(new Path(root, DECISION)).map(Decision::of);
  }

  /**
   * Settles what was decided.
   *
   * @param usual scores of the held-out images under the challenger
   */
  public void decide(Decision decision, ScoreDistribution usual) {
    files.writeJson(new Path(root, CALIBRATION), usual.json());
    files.writeJson(new Path(root, DECISION), decision.json());
  }

  /** What it came to; empty until then. */
  public Optional<Outcome> outcome() {
    return files.readJson(new Path(root, OUTCOME)).map(Outcome::of);
  }

  /**
   * Publishes the challenger, promotes it if that was decided, and says what it came to.
   *
   * @param runFiles names of the files of the training's run that the version gets too
   * @throws DataException if the folder's model is not the one that was decided on
   * @throws IllegalStateException if nothing was decided
   */
  public Outcome publish(Lease lease, Iterable<String> runFiles) {
    requireDecidedModel();
    Decision decision = standing(lease);
    Map<String, Content> contents = new LinkedHashMap<>();
    for (String name : runFiles) {
      files.content(new Path(root, name)).ifPresent(content -> contents.put(name, content));
    }
    for (String name : new String[] {KNOWN_FILES, PLAN, CALIBRATION, DECISION}) {
      contents.put(name, files.content(new Path(root, name)).orElseThrow());
    }
    contents.put(MLFLOW, Content.of(MlflowModel.bytes(plan.id())));
    Version version = model.publish(lease, plan.id(), contents);
    Outcome outcome = promote(lease, decision, version.number());
    lease.require();
    files.writeJson(new Path(root, OUTCOME), outcome.json());
    return outcome;
  }

  /** The decision, which does not stand if another version has become champion since. */
  private Decision standing(Lease lease) {
    Decision decision =
        decision().orElseThrow(() -> new IllegalStateException(root + ": nothing is decided yet"));
    int champion = model.champion().map(Champion::version).orElse(0);
    if (!decision.promoted() || champion == decision.champion() || wasPromoted()) {
      return decision;
    }
    Decision overtaken =
        decision.withdrawn(
            "compared with version "
                + decision.champion()
                + ", which is champion no longer: version "
                + champion
                + " is");
    lease.require();
    files.writeJson(new Path(root, DECISION), overtaken.json());
    return overtaken;
  }

  private boolean wasPromoted() {
    return model.champions().stream().anyMatch(champion -> champion.run().equals(plan.id()));
  }

  /** One who has lost the lease and does not know may have written another. */
  private void requireDecidedModel() {
    Path file = new Path(root, CALIBRATION);
    String decided =
        files
            .read(file)
            .map(bytes -> ScoreDistribution.of(file.toString(), bytes).model())
            .orElseThrow(() -> new DataException(file + ": is missing"));
    Path zip = new Path(root, Version.MODEL);
    files
        .read(zip, in -> FlowModel.load(zip.toString(), in).id())
        .filter(found -> !found.equals(decided))
        .ifPresent(
            found -> {
              throw new DataException(
                  zip
                      + ": holds model "
                      + found
                      + ", and it was decided on "
                      + decided
                      + "; allowed: another retrain.date");
            });
  }

  private Outcome promote(Lease lease, Decision decision, int version) {
    if (decision.promoted() && !wasPromoted()) {
      model.promote(lease, version, plan.id(), String.join("; ", decision.reasons()));
    }
    return new Outcome(version, decision.promoted(), decision.reasons());
  }

  /**
   * What new images are compared with: the scores of the held-out images under a version.
   *
   * @throws DataException if the version has none
   */
  public static ScoreDistribution usual(RegisteredModel model, Version version) {
    String name = model.folder(version.number()) + "/" + CALIBRATION;
    return ScoreDistribution.of(name, model.read(version, CALIBRATION));
  }

  /** All files that were known when a version was made. */
  public static FileInventory known(RegisteredModel model, Version version) {
    return version.sums().files().containsKey(KNOWN_FILES)
        ? FileInventory.read(
            model.folder(version.number()) + "/" + KNOWN_FILES, model.read(version, KNOWN_FILES))
        : FileInventory.empty();
  }
}
