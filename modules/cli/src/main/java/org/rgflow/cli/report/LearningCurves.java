package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How runs learnt: one over its rounds, of which phases have many whatever a batch is; several over
 * the examples that they had seen.
 */
final class LearningCurves {
  private final List<RunHistory> runs;
  private final String across;

  LearningCurves(List<RunHistory> runs) {
    this.runs = runs;
    this.across = runs.size() == 1 ? "round" : "examples";
  }

  Page.Section section() {
    List<Block> charts =
        Stream.of(
                losses(),
                matching(),
                of("Solver's error in training", "|half the step - the step|", "solver_error")
                    .logarithmic(),
                largest("Largest gradient of a batch", "L2 norm", "gradient_norm").logarithmic(),
                ofSolved("Kinetic energy of the path", "K", "kinetic"),
                ofSolved("Squared Jacobian along the path", "F", "jacobian"),
                freeEnergies(),
                of("Effective sample size", "share of the draws", "ess"),
                of("Speed", "examples a second", "examples_per_second").logarithmic())
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
    Chart chart = lines("Loss", unit);
    for (RunHistory run : runs) {
      chart.add(named(run, "training"), curve(run.solved(), metric("train_loss")));
      chart.add(named(run, "held out"), curve(run.metrics(), metric("held_out_loss")));
    }
    return chart;
  }

  private Chart matching() {
    Chart chart = lines("Matching loss by level, 0 the finest", "squared deviation");
    for (RunHistory run : runs) {
      for (RunHistory.Phase phase : run.phases()) {
        int levels = phase.last().path("level_losses").size();
        for (int l = 0; l < levels; l++) {
          int level = l;
          chart.add(
              named(run, "level " + l),
              curve(
                  phase.rounds(),
                  round -> round.path("level_losses").path(level).asDouble(Double.NaN)));
        }
      }
    }
    return chart;
  }

  private Chart freeEnergies() {
    Chart chart = lines("Free energy", "nats");
    for (RunHistory run : runs) {
      chart.add(named(run, "bound on -log Z"), curve(run.metrics(), metric("bound")));
      chart.add(
          named(run, "-log Z by importance sampling"),
          curve(run.metrics(), round -> -metric("log_z").applyAsDouble(round)));
    }
    return chart;
  }

  private Chart of(String title, String up, String name) {
    return of(title, up, name, RunHistory::metrics);
  }

  private Chart ofSolved(String title, String up, String name) {
    return of(title, up, name, RunHistory::solved);
  }

  private Chart largest(String title, String up, String name) {
    return drawn(lines(title, up).ofLargest(), title, name, RunHistory::metrics);
  }

  private Chart of(
      String title, String up, String name, Function<RunHistory, List<JsonNode>> rounds) {
    return drawn(lines(title, up), title, name, rounds);
  }

  /** A metric of which only the size matters. */
  private Chart drawn(
      Chart chart, String title, String name, Function<RunHistory, List<JsonNode>> rounds) {
    for (RunHistory run : runs) {
      chart.add(
          named(run, title.toLowerCase(Locale.ROOT)),
          curve(rounds.apply(run), round -> Math.abs(metric(name).applyAsDouble(round))));
    }
    return chart;
  }

  private Chart lines(String title, String up) {
    return Chart.ofLines(title, across.equals("round") ? across : "examples seen", up);
  }

  private static ToDoubleFunction<JsonNode> metric(String name) {
    return round -> round.path(name).asDouble(Double.NaN);
  }

  /** A point to a round; the chart leaves out what is not known. */
  private List<double[]> curve(List<JsonNode> rounds, ToDoubleFunction<JsonNode> value) {
    return rounds.stream()
        .map(round -> new double[] {round.path(across).asDouble(), value.applyAsDouble(round)})
        .toList();
  }

  private String named(RunHistory run, String what) {
    return runs.size() == 1 ? what : run.name() + ", " + what;
  }
}
