package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rgflow.spark.ingest.SmallImages.idx;
import static org.rgflow.spark.ingest.SmallImages.png;
import static org.rgflow.spark.ingest.SmallImages.tar;
import static org.rgflow.spark.ingest.SmallImages.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.ToldBy;
import org.rgflow.spark.model.FlowModel;

class RestartedScoringTest {
  private static final FlowModel MODEL = SmallModels.ofPixels();
  private static final FlowModel OF_CLASSES = SmallModels.ofPixels(List.of("3", "7"));

  private static SparkSession spark;

  @TempDir Path folder;
  private ScoreOutput output;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void images() throws IOException {
    write(folder.resolve("in/a-idx3-ubyte"), idx(0, 9, 8));
    write(folder.resolve("in/b.png"), new byte[] {1});
    write(folder.resolve("in/c.png"), png(20, 8));
    output = ScoreOutput.whole(folder.resolve("out").toString(), 2).inChunks(4);
  }

  private ImageFiles files() {
    return ImageFiles.list(spark, List.of(folder.resolve("in").toString()), 0);
  }

  private static ScoringConfig config(long seed) {
    return new ScoringConfig(SmallModels.SOLVER, DivergenceConfig.of(Kind.AUTO), seed, 1, true, 10);
  }

  private static ScoreSummary run(ImageFiles files, ScoreOutput output, ScoringListener listener) {
    return new ScoringJob(spark, MODEL, config(11)).write(files, output, listener);
  }

  private static List<Row> rows(ScoreOutput output) {
    return spark.read().parquet(output.folder()).orderBy("key").collectAsList();
  }

  /** Stops a scoring after so many chunks, as a driver does that dies. */
  private static ScoringListener dyingAfter(int chunks) {
    return new ScoringListener() {
      private int written;

      @Override
      public void chunk(long done, long total) {
        if (++written == chunks) {
          throw new IllegalStateException("killed");
        }
      }
    };
  }

  /** Writes down what a scoring says of itself. */
  private static final class Heard implements ScoringListener {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void resumed(long done, long total, int added) {
      lines.add("resumed " + done + "/" + total + ", added " + added);
    }

    @Override
    public void chunk(long done, long total) {
      lines.add(done + "/" + total);
    }
  }

  /** A hash of each file below the output. */
  private TreeMap<String, String> content() throws IOException {
    TreeMap<String, String> content = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(Path.of(output.folder()))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        content.put(path.toString(), Sha256.hex(Files.readAllBytes(path)));
      }
    }
    return content;
  }

  @Test
  void aScoringThatDiedGoesOnAfterItsLastChunkToTheSameRows() throws IOException {
    ScoreOutput whole = ScoreOutput.whole(folder.resolve("whole").toString(), 1);
    ScoreSummary expected = run(files(), whole, ScoringListener.NONE);

    assertThatThrownBy(() -> run(files(), output, dyingAfter(2))).hasMessage("killed");
    TreeMap<String, String> before = content();
    assertThat(before.keySet()).noneMatch(file -> file.endsWith("_manifest.json"));
    Heard heard = new Heard();
    ScoreSummary summary = run(files(), output, heard);

    assertThat(heard.lines).containsExactly("resumed 8/11, added 0", "11/11");
    assertThat(summary).isEqualTo(expected);
    assertThat(content()).containsAllEntriesOf(before);
    assertThat(spark.read().parquet(output.folder()).drop("chunk").orderBy("key").collectAsList())
        .isEqualTo(
            spark.read().parquet(whole.folder()).drop("chunk").orderBy("key").collectAsList());
  }

  @Test
  void aChunkThatWasNotCommittedIsScoredAgain() throws IOException {
    ScoreSummary expected = run(files(), output, ScoringListener.NONE);
    List<Row> rows = rows(output);
    Path chunk = Path.of(output.folder(), "chunk=1");
    Files.delete(chunk.resolve("_SUCCESS"));
    Files.delete(Path.of(output.folder(), "_manifest.json"));
    Files.write(chunk.resolve("part-half.parquet"), new byte[] {1, 2, 3});

    assertThat(run(files(), output, ScoringListener.NONE)).isEqualTo(expected);
    assertThat(rows(output)).isEqualTo(rows);
  }

  @Test
  void aFinishedScoringIsLeftAsItIsAndItsSummaryReadAgain() throws IOException {
    ScoreSummary summary = run(files(), output, ScoringListener.NONE);
    TreeMap<String, String> before = content();
    Heard heard = new Heard();

    assertThat(run(files(), output.inChunks(3), heard)).isEqualTo(summary);
    assertThat(heard.lines).containsExactly("resumed 11/11, added 0");
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void theManifestSaysOfWhatTheScoresAre() throws IOException {
    ScoreSummary summary = run(files(), output, ScoringListener.NONE);
    JsonNode manifest =
        new ObjectMapper().readTree(Path.of(output.folder(), "_manifest.json").toFile());
    assertThat(manifest.path("model").asText()).isEqualTo(MODEL.id());
    assertThat(manifest.path("images").asText()).isEqualTo(files().inventory().fingerprint());
    // scores that are kept are told apart by this text, so it stays as it is
    assertThat(manifest.path("scoring").asText())
        .isEqualTo(
            "solver.method=rk4 solver.steps=2 solver.grading=1.0 divergence.kind=auto"
                + " divergence.noise=gaussian divergence.probes=1 score.seed=11 score.draws=1"
                + " score.solverError=true score.maxSolverError=10.0");
    assertThat(manifest.path("rows").asLong()).isEqualTo(11);
    assertThat(manifest.path("errors").asLong()).isEqualTo(1);
    assertThat(manifest.path("mean").asDouble()).isEqualTo(summary.mean());
  }

  @Test
  void scoresOfAnotherModelOrConfigurationAreNotGoneOnWith() {
    assertThatThrownBy(() -> run(files(), output, dyingAfter(1))).hasMessage("killed");
    ScoringJob otherSeed = new ScoringJob(spark, MODEL, config(12));
    assertThatThrownBy(() -> otherSeed.write(files(), output, ScoringListener.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(output.folder() + ": holds scores of another configuration, ")
        .hasMessageContaining("seed=11")
        .hasMessageContaining("seed=12")
        .hasMessageEndingWith("; allowed: a new path, or score.overwrite=true");
    double[] changed = MODEL.parameters();
    changed[0] += 1;
    ScoringJob otherModel = new ScoringJob(spark, MODEL.with(changed), config(11));
    assertThatThrownBy(() -> otherModel.write(files(), output, ScoringListener.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds scores of another model, " + MODEL.id());
  }

  @Test
  void imagesThatCameSinceAreLeftOutAndSaidSo() throws IOException {
    assertThatThrownBy(() -> run(files(), output, dyingAfter(1))).hasMessage("killed");
    write(folder.resolve("in/aa.png"), png(21, 8));
    Heard heard = new Heard();
    assertThat(run(files(), output, heard).rows()).isEqualTo(11);
    assertThat(heard.lines).containsExactly("resumed 4/11, added 1", "8/11", "11/11");
  }

  @Test
  void imagesThatAreGoneOrChangedAreRefused() throws IOException {
    assertThatThrownBy(() -> run(files(), output, dyingAfter(1))).hasMessage("killed");
    write(folder.resolve("in/c.png"), png(20, 9));
    assertThatThrownBy(() -> run(files(), output, ScoringListener.NONE))
        .isInstanceOf(DataException.class)
        .hasMessage(
            output.folder()
                + ": holds scores of other images, such as c.png, which is gone or has changed"
                + " since; allowed: a new path, or score.overwrite=true");
  }

  /** Numbers of one shape have one length, whatever they are. */
  @Test
  void imagesOfTheSameNameAndLengthThatWereWrittenLaterAreRefused() throws IOException {
    run(files(), output, ScoringListener.NONE);
    FileTime later = FileTime.from(Instant.now().plusSeconds(60));
    Files.setLastModifiedTime(folder.resolve("in/c.png"), later);
    assertThatThrownBy(() -> run(files(), output, ScoringListener.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds scores of other images, such as c.png");
  }

  @Test
  void imagesThatAreToldByContentMayBeTouchedButNotReplaced() throws IOException {
    ScoreSummary summary = run(read(), output, ScoringListener.NONE);
    Path image = folder.resolve("in/a-idx3-ubyte");
    FileTime later = FileTime.from(Instant.now().plusSeconds(60));
    Files.setLastModifiedTime(image, later);
    assertThat(run(read(), output, ScoringListener.NONE)).isEqualTo(summary);

    write(image, idx(1, 9, 8));
    Files.setLastModifiedTime(image, later);
    assertThatThrownBy(() -> run(read(), output, ScoringListener.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds scores of other images, such as a-idx3-ubyte");
  }

  private ImageFiles read() {
    return ImageFiles.list(spark, List.of(folder.resolve("in").toString()), 0, ToldBy.CONTENT);
  }

  /** The images of two classes by their file of labels. */
  private void writeLabelled(byte... labels) throws IOException {
    write(folder.resolve("set/x-images-idx3-ubyte"), idx(30, 3, 8));
    write(folder.resolve("set/x-labels-idx1-ubyte"), labels(labels));
  }

  private static byte[] labels(byte... labels) {
    byte[] file = {0, 0, 8, 1, 0, 0, 0, (byte) labels.length, labels[0], labels[1], labels[2]};
    return file;
  }

  private ImageFiles set(ToldBy told) {
    return ImageFiles.list(spark, List.of(folder.resolve("set").toString()), 0, told);
  }

  private ScoreSummary runOfClasses(ImageFiles files) {
    return new ScoringJob(spark, OF_CLASSES, config(11)).write(files, output, ScoringListener.NONE);
  }

  private void assertOtherLabels(ImageFiles files) {
    assertThatThrownBy(() -> runOfClasses(files))
        .isInstanceOf(DataException.class)
        .hasMessage(
            output.folder()
                + ": holds scores by other labels, such as those of x-labels-idx1-ubyte, which is"
                + " new, gone or has changed since; allowed: a new path, or score.overwrite=true");
  }

  @Test
  void scoresOfAModelOfClassesAreByTheirLabels() throws IOException {
    Path labels = folder.resolve("set/x-labels-idx1-ubyte");
    FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    writeLabelled((byte) 7, (byte) 3, (byte) 7);
    Files.setLastModifiedTime(labels, time);
    ScoreSummary summary = runOfClasses(set(ToldBy.TIME));
    assertThat(summary.errors()).isZero();
    assertThat(runOfClasses(set(ToldBy.TIME))).isEqualTo(summary);
    assertThat(runOfClasses(set(ToldBy.CONTENT))).isEqualTo(summary);

    write(labels, labels((byte) 3, (byte) 3, (byte) 7));
    assertOtherLabels(set(ToldBy.TIME));
    assertOtherLabels(set(ToldBy.CONTENT)); // by time, as what was is not known
    Files.delete(labels);
    assertOtherLabels(set(ToldBy.TIME));
    write(labels, labels((byte) 7, (byte) 3, (byte) 7));
    Files.setLastModifiedTime(labels, time);
    assertThat(runOfClasses(set(ToldBy.TIME))).isEqualTo(summary);
  }

  @Test
  void labelsAreToldByContentWhereImagesAre() throws IOException {
    Path labels = folder.resolve("set/x-labels-idx1-ubyte");
    writeLabelled((byte) 7, (byte) 3, (byte) 7);
    FileTime time = Files.getLastModifiedTime(labels);
    ScoreSummary summary = runOfClasses(set(ToldBy.CONTENT));
    Files.setLastModifiedTime(labels, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(runOfClasses(set(ToldBy.CONTENT))).isEqualTo(summary);

    write(labels, labels((byte) 3, (byte) 3, (byte) 7));
    Files.setLastModifiedTime(labels, time);
    assertOtherLabels(set(ToldBy.CONTENT));
  }

  @Test
  void labelsThatComeLaterAreOthersThanTheFolder() throws IOException {
    write(folder.resolve("set/7/x-images-idx3-ubyte"), idx(30, 3, 8));
    ScoreSummary summary = runOfClasses(set(ToldBy.TIME));
    write(folder.resolve("set/9/y-images-idx3-ubyte"), idx(40, 3, 8)); // for another scoring
    write(folder.resolve("set/9/y-labels-idx1-ubyte"), labels((byte) 7, (byte) 7, (byte) 7));
    assertThat(runOfClasses(set(ToldBy.TIME))).isEqualTo(summary);

    write(folder.resolve("set/7/x-labels-idx1-ubyte"), labels((byte) 3, (byte) 3, (byte) 3));
    assertThatThrownBy(() -> runOfClasses(set(ToldBy.TIME)))
        .hasMessageContaining("by other labels, such as those of 7/x-labels-idx1-ubyte, which");
  }

  @Test
  void imagesOfOtherLabelsAreNewToAModelOfClasses() throws IOException {
    for (ToldBy told : new ToldBy[] {ToldBy.TIME, ToldBy.CONTENT}) {
      writeLabelled((byte) 7, (byte) 3, (byte) 7);
      write(folder.resolve("set/3/1.png"), png(1, 8));
      output = ScoreOutput.whole(folder.resolve("by-" + told).toString(), 2);
      runOfClasses(set(told));
      FileInventory known =
          ScoreFolder.scoredFiles(new Configuration(), output.folder()).toldBy(told);
      assertThat(listSet(known.labelled()).count()).isZero();

      Path labels = folder.resolve("set/x-labels-idx1-ubyte");
      write(labels, labels((byte) 3, (byte) 3, (byte) 7));
      Files.setLastModifiedTime(labels, FileTime.from(Instant.now().plusSeconds(60)));
      assertThat(listSet(known).count()).isZero();
      assertThat(listSet(known.labelled()).inventory().size()).isEqualTo(1);
      assertThat(listSet(known.labelled()).count()).isEqualTo(3);
      Files.delete(labels);
      ImageFiles without = listSet(known.labelled());
      assertThat(without.count()).isEqualTo(3);
      FileInventory next = without.known().and(without.inventory());
      assertThat(listSet(next).count()).isZero();
    }
  }

  @Test
  void labelsThatEarlierScoresDidNotNoteAreNotedByTheNext() throws IOException {
    writeLabelled((byte) 7, (byte) 3, (byte) 7);
    FileInventory unlabelled = set(ToldBy.TIME).inventory().toldBy(ToldBy.TIME);
    ImageFiles none = listSet(unlabelled.labelled());
    assertThat(none.count()).isZero();
    Path labels = folder.resolve("set/x-labels-idx1-ubyte");
    Files.setLastModifiedTime(labels, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(listSet(none.known()).count()).isEqualTo(3);
  }

  private ImageFiles listSet(FileInventory known) {
    return ImageFiles.listNew(spark, List.of(folder.resolve("set").toString()), 0, known);
  }

  /** They are in the archive, which is what has changed. */
  @Test
  void labelsInAnArchiveAreOfTheArchive() throws IOException {
    Path archive = folder.resolve("set/a.tar");
    FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    writeArchive(archive, "3", time);
    ScoreSummary summary = runOfClasses(set(ToldBy.CONTENT));
    assertThat(summary.errors()).isZero();
    assertThat(runOfClasses(set(ToldBy.CONTENT))).isEqualTo(summary);
    writeArchive(archive, "7", time);
    assertThatThrownBy(() -> runOfClasses(set(ToldBy.CONTENT)))
        .hasMessageContaining("holds scores of other images, such as a.tar");
  }

  private static void writeArchive(Path archive, String label, FileTime time) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    entries.put("1.cls", label.getBytes(StandardCharsets.UTF_8));
    entries.put("1.png", png(1, 8));
    write(archive, tar(entries));
    Files.setLastModifiedTime(archive, time);
  }

  /** Of before labels were noted. */
  @Test
  void scoresThatDoNotKnowTheirLabelsAreGivenAsTheyAre() throws IOException {
    writeLabelled((byte) 7, (byte) 3, (byte) 7);
    ScoreSummary summary = runOfClasses(set(ToldBy.TIME));
    Files.delete(Path.of(output.folder(), "_labels.jsonl.gz"));
    write(folder.resolve("set/x-labels-idx1-ubyte"), labels((byte) 3, (byte) 3, (byte) 7));
    assertThat(runOfClasses(set(ToldBy.TIME))).isEqualTo(summary);
  }

  @Test
  void labelsArePassedOverByAModelWithoutClasses() throws IOException {
    writeLabelled((byte) 7, (byte) 3, (byte) 7);
    ScoreSummary summary = run(set(ToldBy.TIME), output, ScoringListener.NONE);
    assertThat(Path.of(output.folder(), "_labels.jsonl.gz")).doesNotExist();
    write(folder.resolve("set/x-labels-idx1-ubyte"), labels((byte) 3, (byte) 3, (byte) 7));
    assertThat(run(set(ToldBy.TIME), output, ScoringListener.NONE)).isEqualTo(summary);
  }

  @Test
  void imagesAddedSinceEarlierScoresAreScoredAlone() throws IOException {
    run(files(), output, ScoringListener.NONE);
    List<Row> monday = rows(output);
    write(folder.resolve("in/d.png"), png(22, 8));
    write(folder.resolve("in/e.png"), png(23, 8));
    ScoreOutput tuesday = since(output, "tuesday");
    assertThat(run(listNew(tuesday), tuesday, ScoringListener.NONE).rows()).isEqualTo(2);
    assertThat(rows(tuesday)).extracting(row -> row.getString(0)).containsExactly("d.png", "e.png");
    assertThat(rows(output)).isEqualTo(monday);

    // tuesday's manifest knows monday's files; nothing is new, and that is no error
    ScoreOutput wednesday = since(tuesday, "wednesday");
    ScoreSummary nothing = run(listNew(wednesday), wednesday, ScoringListener.NONE);
    assertThat(nothing.rows()).isZero();
    assertThat(nothing.mean()).isNaN();
    assertThat(rows(wednesday)).isEmpty();
    assertThat(listNew(since(wednesday, "thursday")).count()).isZero();
  }

  private ScoreOutput since(ScoreOutput earlier, String name) {
    FileInventory known = ScoreFolder.scoredFiles(new Configuration(), earlier.folder());
    return new ScoreOutput(folder.resolve(name).toString(), 2, 4, false, false, known);
  }

  private ImageFiles listNew(ScoreOutput to) {
    return ImageFiles.listNew(spark, List.of(folder.resolve("in").toString()), 0, to.earlier());
  }

  @Test
  void scoresThatHaveNotFinishedAreNoManifest() {
    assertThatThrownBy(() -> run(files(), output, dyingAfter(1))).hasMessage("killed");
    assertThatThrownBy(() -> ScoreFolder.scoredFiles(new Configuration(), output.folder()))
        .isInstanceOf(DataException.class)
        .hasMessage(
            output.folder()
                + ": holds no _manifest.json; allowed: the output of a score that has finished");
  }
}
