package org.rgflow.spark.classify;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.rgflow.data.DataException;
import org.rgflow.spark.BatchIterator;
import org.rgflow.spark.ingest.DecodedExample;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ExampleScorer;
import org.rgflow.spark.score.Score;
import scala.Tuple2;

/**
 * Tells classes of examples by the likelihoods that one model of each class gives them:
 *
 * <pre>
 *   p(class | x) = p(x | class) p(class) / sum over classes
 * </pre>
 *
 * (arXiv:2203.07975, section 5). The likelihoods are of the data itself, so models may differ in
 * everything but the shape of their examples.
 */
public final class BayesClassifier {
  /** The columns: see {@link #classify}. */
  public static final StructType SCHEMA =
      new StructType()
          .add("key", DataTypes.StringType, false)
          .add("class", DataTypes.StringType)
          .add("probability", DataTypes.DoubleType)
          .add("log_likelihoods", DataTypes.createArrayType(DataTypes.DoubleType))
          .add("error", DataTypes.StringType);

  private final SparkSession spark;
  private final List<ClassModel> classes;

  /**
   * A classifier; nothing happens before its call.
   *
   * @throws DataException unless there are two classes or more, all of one shape, and all of pixels
   *     or all of real values
   */
  public BayesClassifier(SparkSession spark, List<ClassModel> classes) {
    this.spark = spark;
    this.classes = List.copyOf(classes);
    if (classes.size() < 2) {
      throw new DataException(classes.size() + " classes; allowed: 2 or more");
    }
    ClassModel first = classes.get(0);
    for (ClassModel other : classes) {
      if (!kind(other.model()).equals(kind(first.model()))) {
        throw new DataException(
            "the model of "
                + other.name()
                + " is of "
                + kind(other.model())
                + ", that of "
                + first.name()
                + " of "
                + kind(first.model())
                + "; allowed: one kind");
      }
    }
  }

  private static String kind(FlowModel model) {
    return (model.isOfPixels() ? "pixels " : "real values ") + model.shape();
  }

  /**
   * One row to an example, in the files' order: {@code key}; {@code class}, the likeliest one;
   * {@code probability} of that class; {@code log_likelihoods} in nats, log p(x | class) of each
   * class in their order; {@code error}, one line, null where there is a class.
   */
  public Dataset<Row> classify(ImageFiles files, int partitions) {
    return classified(labelled(files, null, partitions)).drop("truth");
  }

  /**
   * As {@link #classify}, with {@code truth} beside: the class that an example is of. Files of two
   * classes may have one name below their folders, so that key and truth together name a row.
   *
   * @param files of each class
   * @throws DataException if a file is of two classes
   */
  public Dataset<Row> classifyKnown(Map<String, ImageFiles> files, int partitions) {
    requireApart(files);
    JavaRDD<Tuple2<String, DecodedExample>> all = null;
    for (Map.Entry<String, ImageFiles> each : files.entrySet()) {
      JavaRDD<Tuple2<String, DecodedExample>> ofClass =
          labelled(each.getValue(), each.getKey(), partitions);
      all = all == null ? ofClass : all.union(ofClass);
    }
    // to load every model takes longer than to score some images
    return classified(all.coalesce(partitions));
  }

  /** As {@link #classifyKnown} of examples that are labelled themselves. */
  public Dataset<Row> classifyLabelled(ImageFiles files, int partitions) {
    return classified(
        files
            .labelled()
            .decodeTolerantly(partitions)
            .map(example -> new Tuple2<>(label(example), example)));
  }

  private static String label(DecodedExample decoded) {
    return decoded.error() == null ? decoded.example().label() : null;
  }

  private static void requireApart(Map<String, ImageFiles> files) {
    for (String one : files.keySet()) {
      for (String other : files.keySet()) {
        String shared = one.equals(other) ? null : files.get(one).firstSharedWith(files.get(other));
        if (shared != null) {
          throw new DataException(
              shared + ": is of classes " + one + " and " + other + "; allowed: of one class");
        }
      }
    }
  }

  private static JavaRDD<Tuple2<String, DecodedExample>> labelled(
      ImageFiles files, String truth, int partitions) {
    return files.decodeTolerantly(partitions).map(example -> new Tuple2<>(truth, example));
  }

  private Dataset<Row> classified(JavaRDD<Tuple2<String, DecodedExample>> examples) {
    Scorers scorers = new Scorers(classes);
    double[][] parameters =
        classes.stream().map(each -> each.model().parameters()).toArray(double[][]::new);
    Broadcast<double[][]> broadcast =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(parameters);
    return spark.createDataFrame(
        examples.mapPartitions(some -> scorers.inTask(some, broadcast.value())),
        SCHEMA.add("truth", DataTypes.StringType));
  }

  /** A scorer of each class, as tasks get them. */
  private static final class Scorers implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String[] names;
    private final double[] logPriors;
    private final ExampleScorer[] scorers;

    Scorers(List<ClassModel> classes) {
      this.names = classes.stream().map(ClassModel::name).toArray(String[]::new);
      this.logPriors = classes.stream().mapToDouble(each -> Math.log(each.prior())).toArray();
      this.scorers =
          classes.stream()
              .map(each -> new ExampleScorer(each.model(), each.scoring()))
              .toArray(ExampleScorer[]::new);
    }

    Iterator<Row> inTask(Iterator<Tuple2<String, DecodedExample>> examples, double[][] parameters) {
      if (!examples.hasNext()) {
        return Collections.emptyIterator();
      }
      List<ExampleScorer.Open> open = new ArrayList<>();
      TaskCompletionListener close = context -> open.forEach(ExampleScorer.Open::close);
      TaskContext.get().addTaskCompletionListener(close);
      for (int c = 0; c < scorers.length; c++) {
        open.add(scorers[c].open(parameters[c]));
      }
      int batch = open.stream().mapToInt(ExampleScorer.Open::batch).min().orElseThrow();
      return new BatchIterator<>(examples, batch, some -> rows(open, some));
    }

    private List<Row> rows(
        List<ExampleScorer.Open> open, List<Tuple2<String, DecodedExample>> labelled) {
      List<DecodedExample> examples = labelled.stream().map(Tuple2::_2).toList();
      List<List<Score>> scores = open.stream().map(scorer -> scorer.score(examples)).toList();
      List<Row> rows = new ArrayList<>();
      for (int n = 0; n < examples.size(); n++) {
        int at = n;
        rows.add(
            row(scores.stream().map(ofClass -> ofClass.get(at)).toList(), labelled.get(n)._1()));
      }
      return rows;
    }

    private Row row(List<Score> scores, String truth) {
      String key = scores.get(0).key();
      Optional<Score> failed = scores.stream().filter(score -> score.error() != null).findFirst();
      if (failed.isPresent()) {
        return RowFactory.create(key, null, null, null, failed.get().error(), truth);
      }
      if (truth != null && !List.of(names).contains(truth)) {
        String error = key + ": is of class " + truth + "; allowed: " + List.of(names);
        return RowFactory.create(key, null, null, null, error, truth);
      }
      double[] likelihoods =
          scores.stream().mapToDouble(score -> score.likelihood().logLikelihood()).toArray();
      double[] posterior = posterior(likelihoods, logPriors);
      int likeliest = 0;
      for (int c = 1; c < posterior.length; c++) {
        likeliest = posterior[c] > posterior[likeliest] ? c : likeliest;
      }
      return RowFactory.create(
          key, names[likeliest], posterior[likeliest], likelihoods, null, truth);
    }
  }

  /** p(class | x) of each class, shifted by the largest logarithm so that nothing overflows. */
  static double[] posterior(double[] logLikelihoods, double[] logPriors) {
    double[] logs = new double[logPriors.length];
    Arrays.setAll(logs, c -> logLikelihoods[c] + logPriors[c]);
    double largest = Arrays.stream(logs).max().orElseThrow();
    double[] shares = Arrays.stream(logs).map(log -> Math.exp(log - largest)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }
}
