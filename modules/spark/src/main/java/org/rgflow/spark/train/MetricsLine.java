package org.rgflow.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.sql.types.StructType;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.physics.FreeEnergy;
import org.rgflow.spark.train.averaging.Straggler;
import org.rgflow.spark.train.shards.HeldOut;

/** A round as a line of {@code metrics.jsonl}, whose fields are there where they are known. */
public final class MetricsLine {
  /** All fields. */
  public static final StructType SCHEMA =
      StructType.fromDDL(
          "round int, epoch double, examples long, objective string, unit string,"
              + " train_loss double, held_out_loss double, solver_error double,"
              + " validation_seconds double, free_energy double, bound double,"
              + " bound_error double, log_z double, log_z_error double, ess double,"
              + " level_losses array<double>, gradient_norm double, kinetic double,"
              + " jacobian double, evaluations long, seconds double, examples_per_second double,"
              + " driver_share double, broadcast_seconds double, average_seconds double,"
              + " straggler struct<shard: int, executor: string, seconds: double,"
              + " median_seconds: double>");

  private static final ObjectMapper JSON = new ObjectMapper();

  private MetricsLine() {}

  /** The line, without its end. */
  static String of(RoundReport report) {
    try {
      return JSON.writeValueAsString(node(report));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a line of metrics is JSON", e);
    }
  }

  static ObjectNode node(RoundReport report) {
    ObjectNode line = JSON.createObjectNode();
    line.put("round", report.round());
    line.put("epoch", report.place().epoch());
    line.put("examples", report.place().examples());
    line.put("objective", ConstantNames.of(report.objective()));
    line.put("unit", report.unit());
    line.put("train_loss", report.steps().loss());
    if (report.heldOut() != null) {
      put(line, report.heldOut());
    }
    if (!report.steps().levelLosses().isEmpty()) {
      report.steps().levelLosses().forEach(line.putArray("level_losses")::add);
    }
    if (!Double.isNaN(report.steps().gradientNorm())) {
      line.put("gradient_norm", report.steps().gradientNorm());
    }
    line.put("kinetic", report.steps().kinetic());
    line.put("jacobian", report.steps().jacobian());
    if (report.steps().evaluations() > 0) {
      line.put("evaluations", report.steps().evaluations());
    }
    line.put("seconds", report.time().seconds());
    line.put("examples_per_second", report.time().examplesPerSecond());
    line.put("driver_share", report.time().driverShare());
    if (report.time().exchange() != null) {
      line.put("broadcast_seconds", report.time().exchange().broadcastSeconds());
      line.put("average_seconds", report.time().exchange().averageSeconds());
    }
    if (report.time().straggler() != null) {
      put(line.putObject("straggler"), report.time().straggler());
    }
    return line;
  }

  private static void put(ObjectNode line, HeldOut found) {
    line.put("held_out_loss", found.loss());
    line.put("solver_error", found.solverError());
    line.put("validation_seconds", found.seconds());
    if (found.freeEnergy() != null) {
      put(line, found.freeEnergy());
    }
  }

  private static void put(ObjectNode line, FreeEnergy found) {
    line.put("free_energy", found.mean());
    line.put("bound", found.bound());
    line.put("bound_error", found.boundError());
    line.put("log_z", found.logPartition());
    line.put("log_z_error", found.logPartitionError());
    line.put("ess", found.effectiveSampleSize());
  }

  private static void put(ObjectNode line, Straggler straggler) {
    line.put("shard", straggler.shard());
    line.put("executor", straggler.executor());
    line.put("seconds", straggler.seconds());
    line.put("median_seconds", straggler.median());
  }
}
