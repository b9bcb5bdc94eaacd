package org.rgflow.spark.ingest;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.Shape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of images under paths of any Hadoop file system, in the order of their names.
 *
 * <p>An example's key is its file's path below the given folder, such as {@code sub/a.png}, and
 * {@code #index} where the file holds many, so it stays wherever the folder lies. Rows of Parquet
 * may name themselves: column {@code image} of encoded PNG or JPEG, or {@code image} or {@code
 * features} of array&lt;float&gt; or array&lt;double&gt; (D real values, shape 1xD), and {@code
 * key} or {@code path}. Images in a tar archive have its name and theirs.
 *
 * <p>The class of a {@link #labelled} example is what its file says: the label in a CIFAR record, a
 * column {@code label} of strings or integers, {@code a/1.cls} in a tar archive; else the label in
 * a file beside it, {@code train-labels-idx1-ubyte} of {@code train-images-idx3-ubyte}; else the
 * name of the folder it is in.
 */
public final class ImageFiles implements Examples {
  private static final Logger LOG = LoggerFactory.getLogger(ImageFiles.class);
  private static final int RUNS = 16;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final int channels;
  private final FileTable files;
  private final FileInventory inventory;
  private final FileInventory known;
  private final int runs;
  private final boolean areLabelled;
  private Example first;

  private ImageFiles(
      SparkSession spark, FileTable files, FileInventory known, int channels, boolean areLabelled) {
    this(spark, files, FileInventory.of(files), known, channels, 0, areLabelled);
  }

  private ImageFiles(
      SparkSession spark,
      FileTable files,
      FileInventory inventory,
      FileInventory known,
      int channels,
      int runs,
      boolean areLabelled) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.channels = channels;
    this.files = files;
    this.inventory = inventory;
    this.known = known;
    this.runs = runs;
    this.areLabelled = areLabelled;
  }

  /**
   * Lists files and reads the headers of those that hold many examples.
   *
   * @param paths files, or folders with all that is in them; hidden files ({@code .} or {@code _})
   *     and files of labels ({@code idx1}) in folders are passed over, and with a warning those of
   *     no known format
   * @param channels what PNG and JPEG are converted to, 1 or 3, or 0 for what the files have
   * @throws DataException if a path does not exist or holds no image, two files have one name, or a
   *     header cannot be read
   */
  public static ImageFiles list(SparkSession spark, List<String> paths, int channels) {
    return list(spark, paths, channels, ToldBy.LENGTH);
  }

  /**
   * Lists as {@link #list(SparkSession, List, int)} files that are to be told from later ones.
   *
   * @param told by content: then a Spark job reads every file
   * @throws DataException as without, and if a file changes while it is read
   */
  public static ImageFiles list(SparkSession spark, List<String> paths, int channels, ToldBy told) {
    ImageFiles files = listNew(spark, paths, channels, FileInventory.empty().toldBy(told));
    if (files.count() == 0) {
      throw new DataException(String.join(", ", paths) + ": 0 images; allowed: at least 1");
    }
    return files;
  }

  /**
   * Lists as {@link #list(SparkSession, List, int, ToldBy)} the files that are not known yet, of
   * which there may be none.
   *
   * @param known files that are passed over, by what it tells them by
   */
  public static ImageFiles listNew(
      SparkSession spark, List<String> paths, int channels, FileInventory known) {
    if (channels != 0 && channels != 1 && channels != 3) {
      throw new DataException("channels of images must be 0, 1 or 3, was " + channels);
    }
    FileListing found = FileListing.of(paths, spark.sessionState().newHadoopConf());
    if (!found.passedOver().isEmpty()) {
      LOG.warn("{}: {}", String.join(", ", paths), found.passedOver());
    }
    FileTable files = stamped(spark, found.files(), known.told());
    FileTable labels = labels(spark, files, known);
    Predicate<FileSlice> isKnown =
        file -> known.has(file.name(), file.stamp()) && hasKnownLabels(file, labels, known);
    FileTable fresh = where(files, isKnown.negate());
    FileInventory passed = known;
    if (known.areLabelled()) {
      passed = passed.without(missingLabels(files, labels)).and(FileInventory.of(labels));
    }
    if (known.told() == ToldBy.CONTENT) {
      passed = passed.and(FileInventory.of(where(files, isKnown)));
    }
    return new ImageFiles(spark, ExampleCounts.of(spark, fresh, channels), passed, channels, false);
  }

  private static FileTable stamped(SparkSession spark, FileTable files, ToldBy told) {
    return told == ToldBy.CONTENT ? FileChecksums.of(spark, files) : files;
  }

  private static FileTable labels(SparkSession spark, FileTable files, FileInventory known) {
    FileTable of = known.areLabelled() ? files : new FileTable.Builder().build();
    FileTable labels = SliceLabels.files(of, spark.sessionState().newHadoopConf());
    return stamped(spark, labels, known.told());
  }

  /** Names of the files of labels that images do not have. */
  private static Set<String> missingLabels(FileTable files, FileTable labels) {
    Set<String> names = new HashSet<>();
    for (FileSlice file : files) {
      SliceLabels.name(file).filter(name -> labels.find(name).isEmpty()).ifPresent(names::add);
    }
    return names;
  }

  private static boolean hasKnownLabels(FileSlice file, FileTable labels, FileInventory known) {
    return !known.areLabelled()
        || SliceLabels.name(file)
            .filter(name -> known.hasOther(name, labels.find(name).map(FileSlice::stamp)))
            .isEmpty();
  }

  private static FileTable where(FileTable files, Predicate<FileSlice> isWanted) {
    FileTable.Builder wanted = new FileTable.Builder();
    for (FileSlice file : files) {
      if (isWanted.test(file)) {
        wanted.add(file);
      }
    }
    return wanted.build();
  }

  /**
   * The files under paths as they are now, none of which is opened but to tell it by its content.
   *
   * @throws DataException as {@link #list(SparkSession, List, int, ToldBy)} does
   */
  public static FileInventory inventoryOf(SparkSession spark, List<String> paths, ToldBy told) {
    FileListing found = FileListing.of(paths, spark.sessionState().newHadoopConf());
    return FileInventory.of(stamped(spark, found.files(), told)).toldBy(told);
  }

  /** Those of the files that an inventory has not, of which there may be none. */
  public ImageFiles except(FileInventory others) {
    FileTable left = where(files, file -> !others.has(file.name(), file.stamp()));
    return new ImageFiles(spark, left, known, channels, areLabelled);
  }

  /** Those of the files that an inventory names. */
  public ImageFiles among(FileInventory wanted) {
    FileTable found = where(files, file -> wanted.has(file.name(), file.stamp()));
    return new ImageFiles(spark, found, known, channels, areLabelled);
  }

  @Override
  public ImageFiles labelled() {
    return new ImageFiles(spark, files, inventory, known, channels, runs, true);
  }

  /**
   * So many examples from all over the files, for what would take too long of all: up to {@value
   * #RUNS} runs of neighbours, so that few files are opened; all, where there are no more.
   *
   * @param examples at least 1
   */
  public ImageFiles spread(int examples) {
    long count = count();
    if (examples >= count) {
      return this;
    }
    int runs = Math.min(RUNS, examples);
    FileTable.Builder taken = new FileTable.Builder();
    long at = 0;
    for (int run = 0; run < runs; run++) {
      long end = at + share(examples, run, runs);
      files.range(at, end).forEach(taken::add);
      at = end + share(count - examples, run, runs);
    }
    FileTable spread = taken.build();
    FileTable once = FileSorter.merged(List.of(spread), (file, again) -> file);
    return new ImageFiles(
        spark, spread, FileInventory.of(once), known, channels, runs, areLabelled);
  }

  /** Runs of neighbours that these examples were taken by from more; 0 where they are all. */
  public int runs() {
    return runs;
  }

  /** Shape of the first example, read when first asked for. */
  @Override
  public Shape shape() {
    return first().geometry();
  }

  @Override
  public boolean isPixels() {
    return first().isPixels();
  }

  private Example first() {
    if (first == null) {
      try (SliceIterator examples =
          new SliceIterator(files.range(0, 1), hadoop, channels, Selection.all(), areLabelled)) {
        DecodedExample decoded = examples.next();
        if (decoded.error() != null) {
          throw new DataException(placed(decoded.error(), examples, isOneFolder()));
        }
        first = decoded.example();
      } catch (UncheckedIOException e) {
        throw new DataException(e.getMessage(), e);
      }
    }
    return first;
  }

  private boolean isOneFolder() {
    return files.roots().size() == 1;
  }

  /** A name says where a file is if there is one folder that it can be in. */
  private static String placed(String error, SliceIterator examples, boolean isOneFolder) {
    return isOneFolder ? error : examples.placed(error);
  }

  /** Number of examples, as the files' headers or entries tell it. */
  public long count() {
    return files.count();
  }

  /** The files, told by their names and lengths. */
  public FileInventory inventory() {
    return inventory;
  }

  /**
   * The files that {@link #listNew} was told are known, with the checksums and the files of labels
   * that it has found of them: what the next listing is to be told.
   */
  public FileInventory known() {
    return known;
  }

  /**
   * The files of labels beside the files, as they are now; empty where examples are not {@link
   * #labelled}. Their content is known where that of all the files is.
   */
  public Optional<FileInventory> labels() {
    if (!areLabelled) {
      return Optional.empty();
    }
    FileTable labels = SliceLabels.files(files, hadoop);
    return Optional.of(
        FileInventory.of(
            stamped(spark, labels, inventory.knowsContent() ? ToldBy.CONTENT : ToldBy.LENGTH)));
  }

  /** The first file that is the other's too, wherever its folders were named; else null. */
  public String firstSharedWith(ImageFiles other) {
    for (FileSlice file : files) {
      String path = file.path().toString();
      for (String root : other.files.roots()) {
        String folder = root.endsWith("/") ? root : root + "/";
        boolean isShared =
            path.startsWith(folder)
                && other
                    .files
                    .find(path.substring(folder.length()))
                    .filter(found -> found.root().equals(root))
                    .isPresent();
        if (isShared) {
          return path;
        }
      }
    }
    return null;
  }

  /** Whether any of the files lies in the folder, or is it. */
  public boolean anyIn(Path folder) {
    String root = folder.toUri().getPath();
    for (FileSlice file : files) {
      String path = file.path().toUri().getPath();
      if (path.equals(root) || path.startsWith(root + "/")) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Shard s of S takes the examples from s n / S to (s + 1) n / S in the order of their keys'
   * files.
   */
  @Override
  public JavaRDD<DecodedShard> shards(int shards, Selection select) {
    SerializableConfiguration conf = new SerializableConfiguration(hadoop);
    int wantedChannels = channels;
    boolean withLabels = areLabelled;
    Shape wanted = first().geometry();
    boolean arePixels = first().isPixels();
    String firstKey = first().key();
    boolean isOneFolder = isOneFolder();
    FlatMapFunction<FileTable, DecodedShard> decode =
        slices -> {
          try (SliceIterator examples =
              new SliceIterator(slices, conf.value(), wantedChannels, select, withLabels)) {
            return StrictShard.of(
                examples,
                wanted,
                arePixels,
                firstKey,
                error -> placed(error, examples, isOneFolder));
          }
        };
    return deal(0, count(), shards).flatMap(decode);
  }

  /**
   * The examples in the order of {@link #shards}, where one that cannot be read costs only itself.
   *
   * <p>A failing file system still fails the task, so that Spark tries it again.
   *
   * @param partitions at least 1
   */
  public JavaRDD<DecodedExample> decodeTolerantly(int partitions) {
    return decodeTolerantly(0, count(), partitions);
  }

  /** Those from example {@code from} (inclusive) to {@code to} (exclusive) alone. */
  public JavaRDD<DecodedExample> decodeTolerantly(long from, long to, int partitions) {
    SerializableConfiguration conf = new SerializableConfiguration(hadoop);
    int wantedChannels = channels;
    boolean withLabels = areLabelled;
    FlatMapFunction<FileTable, DecodedExample> decode =
        slices ->
            closedAtEnd(
                new SliceIterator(
                    slices, conf.value(), wantedChannels, Selection.all(), withLabels));
    return deal(from, to, partitions).flatMap(decode);
  }

  /**
   * The examples of some keys, by key, of several the first; of those that cannot be read there is
   * none.
   *
   * @param partitions at least 1
   */
  public Map<String, Example> examples(Set<String> keys, int partitions) {
    Set<String> wanted = new HashSet<>(keys); // of a class that every serialiser knows
    return decodeTolerantly(partitions)
        .filter(decoded -> decoded.error() == null && wanted.contains(decoded.key()))
        .collect()
        .stream()
        .collect(
            Collectors.toMap(
                DecodedExample::key, DecodedExample::example, (first, second) -> first));
  }

  /**
   * The first images.
   *
   * @param shape of each
   * @throws DataException if one cannot be read, or is of real values or another shape
   */
  public List<Example> images(int images, Shape shape) {
    List<Example> found = new ArrayList<>();
    for (DecodedExample decoded : decodeTolerantly(0, images, 1).collect()) {
      Example example = decoded.require();
      example.geometry().requireSame(example.key(), shape);
      if (!example.isPixels()) {
        throw new DataException(example + "; allowed: pixels");
      }
      found.add(example);
    }
    return found;
  }

  private static Iterator<DecodedExample> closedAtEnd(SliceIterator examples) {
    TaskCompletionListener close = context -> examples.close();
    TaskContext.get().addTaskCompletionListener(close);
    return examples;
  }

  /** What a part gets of a count, dealt as evenly as it can be. */
  private static long share(long count, int part, int parts) {
    return FileTable.bound(count, part + 1, parts) - FileTable.bound(count, part, parts);
  }

  /** Contiguous ranges of nearly equal numbers of examples, one to a partition. */
  private JavaRDD<FileTable> deal(long from, long to, int partitions) {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, was " + partitions);
    }
    int used = (int) Math.min(partitions, to - from);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return used == 0 ? context.emptyRDD() : context.parallelize(files.parts(from, to, used), used);
  }
}
