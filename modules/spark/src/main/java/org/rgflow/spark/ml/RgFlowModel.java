package org.rgflow.spark.ml;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.score.ExampleScorer;
import org.rgflow.spark.score.ScoredRows;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.UsualScores;

/**
 * Scores a column of examples by their likelihood: the scores of the command {@code score}, bit for
 * bit, where the keys are the same.
 *
 * <p>A row whose example cannot be scored stays, with nulls and its reason in the status column.
 * Works on streams, too.
 */
public final class RgFlowModel extends Model<RgFlowModel>
    implements ScoringParams<RgFlowModel>, MLWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final transient FlowModel flow;
  private final List<String> metrics;
  private final UsualScores usual;

  /**
   * A stage with the defaults of its Params.
   *
   * @param metrics a line of JSON for each round of training; empty if not known
   * @param usual scores of the training rows; null if not known
   */
  RgFlowModel(String uid, FlowModel flow, List<String> metrics, UsualScores usual) {
    this.uid = uid;
    this.flow = flow;
    this.metrics = List.copyOf(metrics);
    this.usual = usual;
    Defaults.scoring(this);
  }

  /** A stage of which it is not known what scores are usual. */
  RgFlowModel(String uid, FlowModel flow, List<String> metrics) {
    this(uid, flow, metrics, null);
  }

  /**
   * The newest model of a run of the command {@code train}.
   *
   * @param run its folder, on any Hadoop file system
   * @throws org.rgflow.data.DataException if there is none
   */
  public static RgFlowModel ofRun(String run) {
    Configuration hadoop = SparkSession.active().sessionState().newHadoopConf();
    RunFolder folder = RunFolder.resume(hadoop, run);
    return new RgFlowModel(
        Identifiable.randomUID("rgflow"), folder.latestModel(), folder.metrics());
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The model itself. */
  public FlowModel flow() {
    return flow;
  }

  /** Whether it is known how training went. */
  public boolean hasSummary() {
    return !metrics.isEmpty();
  }

  /**
   * How training went.
   *
   * @throws IllegalStateException if that is not known
   */
  public RgFlowTrainingSummary summary() {
    if (!hasSummary()) {
      throw new IllegalStateException("No training summary available for this RgFlowModel");
    }
    return new RgFlowTrainingSummary(metrics, flow.unit());
  }

  List<String> metrics() {
    return metrics;
  }

  /** Scores of the training rows; empty if not known. */
  Optional<UsualScores> usual() {
    return Optional.ofNullable(usual);
  }

  /** The same model, which knows what scores are usual. */
  RgFlowModel calibrated(UsualScores scores) {
    return copyValues(new RgFlowModel(uid, flow, metrics, scores), ParamMap.empty())
        .setParent(parent());
  }

  public DoubleParam threshold() {
    return new DoubleParam(
        this,
        "threshold",
        "log likelihood in nats below which an example is an anomaly; of another anomalyBy than"
            + " likelihood the distance above which it is, in nats for typicality, in standard"
            + " deviations for levels and combined");
  }

  public double getThreshold() {
    return (double) getOrDefault(threshold());
  }

  public RgFlowModel setThreshold(double value) {
    return with(threshold(), value);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    column(schema);
    return outputs().append(schema);
  }

  private ExampleColumn column(StructType schema) {
    return new ExampleColumn(
        schema,
        this,
        new NumberCells(
            getFeaturesCol(), flow.shape(), "the model was trained on", flow.isOfPixels()),
        flow.hasClasses());
  }

  private OutputColumns outputs() {
    double threshold = isDefined(threshold()) ? getThreshold() : Double.NaN;
    return OutputColumns.of(this, Double.isNaN(threshold) ? null : rule(threshold));
  }

  private AnomalyRule rule(double threshold) {
    return new AnomalyRule(
        ConstantNames.constant(UsualScores.Distance.class, getAnomalyBy()), usual, threshold);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema(), true);
    Broadcast<double[]> parameters =
        JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext())
            .broadcast(flow.parameters());
    ExampleScorer scorer = new ExampleScorer(flow, scoring());
    Dataset<Row> scored =
        dataset
            .toDF()
            .mapPartitions(
                scoring(column(dataset.schema()), scorer, parameters, outputs()),
                Encoders.row(schema));
    // rows made anew have forgotten their columns' metadata; names need not be unique
    String[] places =
        IntStream.range(0, schema.size()).mapToObj(i -> "_" + i).toArray(String[]::new);
    Dataset<Row> placed = scored.toDF(places);
    return placed.select(
        IntStream.range(0, schema.size())
            .mapToObj(
                i -> placed.col(places[i]).as(schema.apply(i).name(), schema.apply(i).metadata()))
            .toArray(Column[]::new));
  }

  /** A function of its arguments alone, so that no model travels. */
  private static MapPartitionsFunction<Row, Row> scoring(
      ExampleColumn column,
      ExampleScorer scorer,
      Broadcast<double[]> parameters,
      OutputColumns outputs) {
    return rows ->
        ScoredRows.inTask(
            rows,
            column::decode,
            scorer,
            parameters.value(),
            (row, score) -> outputs.append(row, score, scorer));
  }

  private ScoringConfig scoring() {
    SolverConfig trained = flow.layer().solver();
    SolverConfig solver =
        getScoreSteps() == 0 ? trained.finer() : trained.withSteps(getScoreSteps());
    return new ScoringConfig(
        solver,
        DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
        getSeed(),
        getDraws(),
        !getSolverErrorCol().isEmpty(),
        getMaxSolverError());
  }

  @Override
  public RgFlowModel copy(ParamMap extra) {
    return copyValues(new RgFlowModel(uid, flow, metrics, usual), extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new RgFlowModelFiles.Writer(this);
  }

  /** Reads what {@link #write()} wrote. */
  public static MLReader<RgFlowModel> read() {
    return new RgFlowModelFiles.Reader();
  }

  /** Loads a saved model. */
  public static RgFlowModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return "RgFlowModel: uid=" + uid + ", shape=" + flow.shape() + ", rounds=" + flow.rounds();
  }
}
