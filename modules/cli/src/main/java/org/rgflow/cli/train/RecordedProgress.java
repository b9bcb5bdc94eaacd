package org.rgflow.cli.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.terminal.StatusLine;
import org.rgflow.cli.terminal.Terminal;
import org.rgflow.data.ImageGrid;
import org.rgflow.data.Shape;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.sample.SamplingConfig;
import org.rgflow.spark.sample.SamplingJob;
import org.rgflow.spark.train.Rollback;
import org.rgflow.spark.train.RoundReport;
import org.rgflow.spark.train.TensorBoard;
import org.rgflow.spark.train.TrainingStart;

/** Progress that the run's folder has too, from when data and model have proved good. */
final class RecordedProgress extends Progress {
  private static final int COLUMNS = 8;

  private final Training training;
  private final SparkSession spark;
  private final Runnable settled;
  private final BooleanSupplier stop;
  private TensorBoard board;

  /**
   * @param settled what else is to be done when data and model have proved good
   * @param stop asked after every round
   */
  RecordedProgress(Training training, SparkSession spark, Runnable settled, BooleanSupplier stop) {
    super(training.shown(), new StatusLine(training.shown().progress(), Terminal.isInteractive()));
    this.training = training;
    this.spark = spark;
    this.settled = settled;
    this.stop = stop;
  }

  @Override
  public void started(TrainingStart start) {
    stop.getAsBoolean(); // whoever has lost the folder writes nothing more
    training
        .folder()
        .write(RunFolder.CONFIG, training.storedYaml(spark).getBytes(StandardCharsets.UTF_8));
    training.files().forEach((kind, images) -> kind.write(training.folder(), images));
    Provenance.append(training.folder(), training.commandLine());
    settled.run();
    training.shown().progress().print(training.yaml());
    if (training.configuration().value(Keys.RUN_TENSORBOARD)) {
      board = new TensorBoard(training.folder(), start.firstRound());
    }
    super.started(start);
  }

  @Override
  public void round(RoundReport report) {
    super.round(report);
    if (board != null) {
      board.add(report);
    }
  }

  @Override
  public void validated(RoundReport report, Supplier<FlowModel> model) {
    if (board == null) {
      return;
    }
    int samples = training.configuration().value(Keys.RUN_SAMPLES);
    if (samples > 0) {
      draw(model.get(), samples, report.round());
    }
    board.write();
  }

  @Override
  public void rolledBack(Rollback rollback) {
    super.rolledBack(rollback);
    if (board != null) {
      board.goBack(rollback.round());
    }
  }

  private void draw(FlowModel model, int samples, int round) {
    Shape shape = model.shape();
    if (!model.isOfPictures()) {
      return;
    }
    SamplingConfig sampling =
        new SamplingConfig(
            model.layer().solver(),
            samples,
            training.configuration().value(Keys.SAMPLE_SEED),
            List.of(1.0));
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    int columns = Math.min(samples, COLUMNS);
    spark.sparkContext().setJobDescription("round " + round + ": samples");
    try {
      List<byte[]> pixels = new SamplingJob(spark, model, sampling).pixels(samples, 1);
      ImageGrid.write(png, pixels, shape, columns, 1);
    } catch (SolveException e) {
      return; // an encoding that can be solved may have a decoding that cannot, yet
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
    board.addSamples(png.toByteArray(), round);
  }

  @Override
  public boolean isStopRequested() {
    return stop.getAsBoolean();
  }

  @Override
  void finish() {
    super.finish();
    if (board != null) {
      board.write();
    }
  }
}
