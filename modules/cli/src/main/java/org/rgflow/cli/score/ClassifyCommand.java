package org.rgflow.cli.score;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.DataException;
import org.rgflow.spark.RowErrors;
import org.rgflow.spark.classify.BayesClassifier;
import org.rgflow.spark.classify.ClassModel;
import org.rgflow.spark.classify.Confusion;
import org.rgflow.spark.files.TableOutput;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells classes of images. */
@Command(
    name = "classify",
    header = "Tell classes of images by one model of each class, or one of all classes.",
    description = {
      "Scores every image by every class's model and writes Parquet: key, class (the likeliest),"
          + " probability (of that class, by Bayes' theorem), log_likelihoods (of all classes, in"
          + " their order), error; of images whose class is known truth as well, and prints how"
          + " many were told right."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow classify --model cat=runs/cats --model dog=runs/dogs --data photos --output told",
      "  rgflow classify --model cat=runs/cats --model dog=runs/dogs --truth cat=test/cats"
          + " --truth dog=test/dogs --output told",
      "  rgflow classify --model runs/pets --data test --labelled --output told"
    })
public final class ClassifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "CLASS=PATH",
      description =
          "A class, and its model: folder of a run or registered model, or a zip; or PATH of one"
              + " model of classes (model.classes).")
  private List<String> models;

  @Option(
      names = "--prior",
      paramLabel = "CLASS=P",
      description = "How frequent a class is, in any unit; default 1.")
  private List<String> priors = List.of();

  @ArgGroup(multiplicity = "1")
  private Images images;

  @Option(
      names = "--labelled",
      description =
          "Count errors in the images of --data by their own classes: a column label, a file of"
              + " labels, or the folder's name.")
  private boolean areLabelled;

  /** One of the two. */
  private static final class Images {
    @Option(
        names = "--data",
        required = true,
        arity = "1..*",
        paramLabel = "PATH",
        description = "Files or folders of images.")
    private List<String> data;

    @Option(
        names = "--truth",
        required = true,
        paramLabel = "CLASS=PATH",
        description = "Files or a folder of images of this class, to count errors.")
    private List<String> truth;
  }

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the classes, as Parquet.")
  private String output;

  @Option(names = "--overwrite", description = "Replace classes already there: score.overwrite.")
  private Boolean overwrite;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    Map<String, FlowModel> ofClasses = modelsOfClasses(storage);
    Map<String, String> frequencies = byClass("--prior", priors);
    requireClasses("--prior", frequencies, ofClasses);
    Map<String, String> known = images.truth == null ? Map.of() : byClass("--truth", images.truth);
    requireClasses("--truth", known, ofClasses);
    if (areLabelled && images.truth != null) {
      throw new DataException("--labelled tells the classes of --data; allowed: it or --truth");
    }
    options.flag(Keys.SCORE_OVERWRITE, overwrite);
    List<ClassModel> classes = new ArrayList<>();
    for (Map.Entry<String, FlowModel> each : ofClasses.entrySet()) {
      double prior = prior(frequencies.getOrDefault(each.getKey(), "1"));
      FlowModel model = each.getValue();
      // what is compared are many nats, and not the last digits
      Configuration own =
          options.ofFinerSolve(storage, model).with(Keys.SCORE_SOLVER_ERROR, false, "classify");
      classes.add(new ClassModel(each.getKey(), model, prior, own.scoring()));
    }
    Configuration configuration = Configuration.resolve(options.layers(storage));
    TableOutput table = TableOutput.of(storage.hadoop(), output);
    table.requireApartFrom(images.truth == null ? images.data : List.copyOf(known.values()));
    table.requireFree(
        configuration.value(Keys.SCORE_OVERWRITE), "another --output, or --overwrite");
    PrintWriter out = spec.commandLine().getOut();
    try (SparkSession spark = Session.openToWrite(spec, output)) {
      BayesClassifier classifier = new BayesClassifier(spark, classes);
      classified(spark, classifier, known, configuration)
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(output);
      Dataset<Row> told = spark.read().parquet(output);
      RowErrors written = RowErrors.of(told);
      if (written.areAll()) {
        table.delete();
        throw written.none("images has a class");
      }
      print(out, classes, told, written);
    }
    return ExitCode.OK;
  }

  /** A model of each class: each from a file of its own, or all from one. */
  private Map<String, FlowModel> modelsOfClasses(Storage storage) throws IOException {
    Map<String, FlowModel> ofClasses = new LinkedHashMap<>();
    String first = models.get(0);
    if (models.size() == 1 && (!first.contains("=") || storage.exists(first))) {
      FlowModel all = storage.model(first);
      if (!all.hasClasses()) {
        throw new DataException(
            "--model "
                + first
                + " has no classes; allowed: CLASS=PATH of each, or a model of classes");
      }
      all.layer().flow().classes().forEach(name -> ofClasses.put(name, all.ofClass(name)));
      return ofClasses;
    }
    for (Map.Entry<String, String> each : byClass("--model", models).entrySet()) {
      FlowModel model = storage.model(each.getValue());
      requireOneDensity(each.getKey(), each.getValue(), model);
      ofClasses.put(each.getKey(), model);
    }
    if (ofClasses.size() < 2) {
      throw new DataException(
          "--model must be given of 2 classes or more, or be a model of classes, was " + first);
    }
    return ofClasses;
  }

  private static void requireOneDensity(String name, String path, FlowModel model) {
    List<String> classes = model.layer().flow().classes();
    if (!classes.isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "--model %s=%s is one model of the classes %s; give it alone and without %s= (--model"
                  + " %s)",
              name,
              path,
              classes,
              name,
              path));
    }
  }

  /** What is given of each class, once; a path may have an equals sign too. */
  private static Map<String, String> byClass(String option, List<String> given) {
    Map<String, String> byClass = new LinkedHashMap<>();
    for (String one : given) {
      int equals = one.indexOf('=');
      if (equals < 1) {
        throw new DataException(option + " must be CLASS=..., was " + one);
      }
      String name = one.substring(0, equals);
      if (byClass.put(name, one.substring(equals + 1)) != null) {
        throw new DataException(option + " has class " + name + " twice; allowed: once");
      }
    }
    return byClass;
  }

  private static double prior(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new DataException("--prior must be CLASS=NUMBER, was " + text, e);
    }
  }

  private static void requireClasses(
      String option, Map<String, String> given, Map<String, ?> classes) {
    for (String name : given.keySet()) {
      if (!classes.containsKey(name)) {
        throw new DataException(
            option + " has class " + name + "; allowed: " + classes.keySet() + ", as --model");
      }
    }
  }

  private Dataset<Row> classified(
      SparkSession spark,
      BayesClassifier classifier,
      Map<String, String> truth,
      Configuration configuration) {
    int tasks = configuration.tasks(Keys.SCORE_PARTITIONS, spark);
    if (areLabelled) {
      return classifier.classifyLabelled(files(spark, images.data, configuration), tasks);
    }
    if (images.truth == null) {
      return classifier.classify(files(spark, images.data, configuration), tasks);
    }
    Map<String, ImageFiles> known = new LinkedHashMap<>();
    truth.forEach((name, path) -> known.put(name, files(spark, List.of(path), configuration)));
    return classifier.classifyKnown(known, tasks);
  }

  private static ImageFiles files(
      SparkSession spark, List<String> paths, Configuration configuration) {
    return ImageFiles.list(spark, paths, configuration.value(Keys.DATA_CHANNELS));
  }

  private void print(
      PrintWriter out, List<ClassModel> classes, Dataset<Row> told, RowErrors written) {
    List<String> names = classes.stream().map(ClassModel::name).toList();
    out.printf(
        Locale.ROOT,
        "classified %,d images, %,d with an error%n",
        written.rows(),
        written.errors());
    if (images.truth != null || areLabelled) {
      Confusion confusion = Confusion.of(told, names);
      confusion.lines().forEach(out::println);
    } else {
      Map<String, Long> counts = new LinkedHashMap<>();
      told.where("error is null")
          .groupBy("class")
          .count()
          .collectAsList()
          .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
      names.forEach(
          name -> out.printf(Locale.ROOT, "%-10s %,d%n", name, counts.getOrDefault(name, 0L)));
    }
    out.printf(Locale.ROOT, "classes %s (Parquet)%n", output);
  }
}
