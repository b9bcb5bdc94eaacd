package org.rgflow.cli.score;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.session.Session;
import org.rgflow.spark.score.OutlierDetection;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how well scores tell outliers. */
@Command(
    name = "outliers",
    header = "Measure how well scores tell a set of outliers from inliers.",
    description = {
      "Reads three outputs of rgflow score by one model. Prints the area under the receiver's curve"
          + " and the share of inliers that are false alarms where 95 %% of the outliers are found: by"
          + " low likelihood, by distance from the calibrating images' mean likelihood (typicality),"
          + " by the same at each level of the model, finest first, by all levels together, and by"
          + " their Mahalanobis distance (combined). Nothing is written."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow outliers --calibration scores/train --inliers scores/test --outliers scores/other"
    })
public final class OutliersCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--calibration",
      required = true,
      paramLabel = "DIR",
      description = "Scores of images like the inliers, such as those trained on.")
  private String calibration;

  @Option(
      names = "--inliers",
      required = true,
      paramLabel = "DIR",
      description = "Scores of images that are usual, and not among the calibrating ones.")
  private String inliers;

  @Option(
      names = "--outliers",
      required = true,
      paramLabel = "DIR",
      description = "Scores of images that are not.")
  private String outliers;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try (SparkSession spark = Session.open(spec, outliers)) {
      OutlierDetection.Result found =
          new OutlierDetection(spark).run(calibration, inliers, outliers);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(json(found));
      } else {
        print(out, found);
      }
    }
    return ExitCode.OK;
  }

  private static void print(PrintWriter out, OutlierDetection.Result found) {
    out.printf(
        Locale.ROOT,
        "%,d outliers against %,d inliers, calibrated by %,d images%n",
        found.outliers(),
        found.inliers(),
        found.calibrating());
    out.printf(Locale.ROOT, "%-12s%8s%28s%n", "", "AUROC", "false alarms at 95 % found");
    for (OutlierDetection.Separation one : found.separations()) {
      out.printf(
          Locale.ROOT, "%-12s%8.4f%26.2f %%%n", one.name(), one.auroc(), 100 * one.falseAlarms());
    }
  }

  private static ObjectNode json(OutlierDetection.Result found) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("calibrating", found.calibrating());
    json.put("inliers", found.inliers());
    json.put("outliers", found.outliers());
    for (OutlierDetection.Separation one : found.separations()) {
      json.putObject(one.name()).put("auroc", one.auroc()).put("false_alarms", one.falseAlarms());
    }
    return json;
  }
}
