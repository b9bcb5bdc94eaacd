package org.rgflow.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ParameterLayout;
import org.rgflow.flow.Partition;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.model.FlowModel;

/** What levels and phases cost. */
final class Costs {
  private Costs() {}

  /** Of each level, the finest first. */
  static int[] latents(FlowModel model) {
    FlowConfig flow = model.layer().flow();
    return flow.levels().stream()
        .mapToInt(level -> flow.channels() * level.residual().length)
        .toArray();
  }

  /** The model's levels, and how much of a solve each is. */
  static Block levels(FlowModel model) {
    FlowConfig flow = model.layer().flow();
    SolverConfig solver = model.layer().solver();
    ParameterLayout layout = new ParameterLayout(flow);
    List<Partition> partitions = flow.levels();
    long sites = partitions.stream().mapToLong(Partition::sites).sum();
    List<Block.Table.Line> rows = new ArrayList<>();
    for (int l = 0; l < partitions.size(); l++) {
      Partition level = partitions.get(l);
      rows.add(
          Block.Table.line(
              "level " + l,
              Arrays.stream(level.shape())
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining("x")),
              Numbers.of("%,d", latents(model)[l]),
              Numbers.of("%,d", layout.sizeOf(l)),
              evaluations(solver, flow.blocks()),
              Numbers.of("%.1f %%", 100.0 * level.sites() / sites)));
    }
    return new Block.Table(
        List.of(
            "",
            "grid",
            "latents",
            "parameters",
            "evaluations of the velocity",
            "share of the arithmetic"),
        rows);
  }

  private static String evaluations(SolverConfig solver, int blocks) {
    OptionalLong known = solver.evaluations(blocks);
    return known.isPresent()
        ? Numbers.of("%,d", known.getAsLong())
        : "as many as its tolerance needs";
  }

  /** Where a run's time went, phase by phase. */
  static Block time(RunHistory run) {
    List<Block.Table.Line> rows = new ArrayList<>();
    for (RunHistory.Phase phase : run.phases()) {
      double seconds = phase.sum("seconds");
      double driver =
          phase.sum(r -> r.path("seconds").asDouble() * r.path("driver_share").asDouble());
      double examples =
          phase.sum(r -> r.path("seconds").asDouble() * r.path("examples_per_second").asDouble());
      rows.add(
          Block.Table.line(
              phase.objective(),
              Numbers.of("%,d", phase.rounds().size()),
              Numbers.of("%,.0f", examples),
              Numbers.of("%.1f s", seconds - driver),
              Numbers.of("%.1f s", driver),
              validation(phase),
              Numbers.of("%,.1f", examples / seconds)));
    }
    return new Block.Table(
        List.of(
            "phase",
            "rounds",
            "examples",
            "gradients",
            "driver",
            "validation",
            "examples a second"),
        rows);
  }

  /** Runs of older versions do not tell. */
  private static String validation(RunHistory.Phase phase) {
    double seconds = phase.sum("validation_seconds");
    return seconds > 0 ? Numbers.of("%.1f s", seconds) : "not known";
  }
}
