package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How runs learnt, over the examples that they had seen. */
final class LearningCurves {
  private static final String SEEN = "examples seen";

  private final List<RunHistory> runs;

  LearningCurves(List<RunHistory> runs) {
    this.runs = runs;
  }

  Page.Section section() {
    List<Block> charts =
        Stream.of(
                losses(),
                matching(),
                metric("Solver's error in training", "|half the step - the step|", "solver_error")
                    .logarithmic(),
                metric("Largest gradient of a batch", "L2 norm", "gradient_norm").logarithmic(),
                metric("Kinetic energy of the path", "K", "kinetic"),
                metric("Squared Jacobian along the path", "F", "jacobian"),
                freeEnergies(),
                metric("Effective sample size", "share of the draws", "ess"),
                metric("Speed", "examples a second", "examples_per_second"))
            .flatMap(Chart::block)
            .toList();
    return new Page.Section(
        "How it learnt",
        "Held-out losses have the exact divergence and half the training's step; the solver's error"
            + " is by how much the training's own step differs.",
        charts);
  }

  /** Losses that can be compared: likelihoods, or bounds on free energies. */
  private Chart losses() {
    String unit =
        runs.stream()
            .flatMap(run -> run.last().stream())
            .map(round -> round.path("unit").asText())
            .findFirst()
            .orElse("");
    Chart chart = Chart.ofLines("Loss", SEEN, unit);
    for (RunHistory run : runs) {
      List<JsonNode> solved =
          run.metrics().stream().filter(round -> !round.has("level_losses")).toList();
      chart.add(
          named(run, "training"),
          RunHistory.curve(solved, round -> round.path("train_loss").asDouble(Double.NaN)));
      chart.add(named(run, "held out"), run.curve("held_out_loss"));
    }
    return chart;
  }

  private Chart matching() {
    Chart chart = Chart.ofLines("Matching loss by level, 0 the finest", SEEN, "squared deviation");
    for (RunHistory run : runs) {
      for (RunHistory.Phase phase : run.phases()) {
        int levels = phase.last().path("level_losses").size();
        for (int l = 0; l < levels; l++) {
          int level = l;
          chart.add(
              named(run, "level " + l),
              RunHistory.curve(
                  phase.rounds(),
                  round -> round.path("level_losses").path(level).asDouble(Double.NaN)));
        }
      }
    }
    return chart;
  }

  private Chart freeEnergies() {
    Chart chart = Chart.ofLines("Free energy", SEEN, "nats");
    for (RunHistory run : runs) {
      chart.add(named(run, "bound on -log Z"), run.curve("bound"));
      List<double[]> sampled = new ArrayList<>();
      run.curve("log_z").forEach(point -> sampled.add(new double[] {point[0], -point[1]}));
      chart.add(named(run, "-log Z by importance sampling"), sampled);
    }
    return chart;
  }

  private Chart metric(String title, String up, String metric) {
    Chart chart = Chart.ofLines(title, SEEN, up);
    for (RunHistory run : runs) {
      List<double[]> points = run.curve(metric);
      chart.add(
          named(run, title.toLowerCase(Locale.ROOT)),
          metric.equals("solver_error")
              ? points.stream().map(p -> new double[] {p[0], Math.abs(p[1])}).toList()
              : points);
    }
    return chart;
  }

  private String named(RunHistory run, String what) {
    return runs.size() == 1 ? what : run.name() + ", " + what;
  }
}
