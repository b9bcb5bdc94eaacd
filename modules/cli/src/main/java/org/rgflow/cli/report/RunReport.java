package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;

/** The page of one run. */
public final class RunReport {
  private final RunHistory run;
  private final Evaluation evaluation;

  private RunReport(RunHistory run, Evaluation evaluation) {
    this.run = run;
    this.evaluation = evaluation;
  }

  /**
   * The page, an HTML file.
   *
   * @param evaluation of the run's newest model; null where there is none yet
   */
  public static byte[] of(RunHistory run, Evaluation evaluation) {
    return Html.of(new RunReport(run, evaluation).page());
  }

  private Page page() {
    List<Page.Section> sections = new ArrayList<>();
    if (!run.metrics().isEmpty()) {
      sections.add(new LearningCurves(List.of(run)).section());
    }
    run.model()
        .ifPresent(
            model -> {
              if (evaluation != null) {
                addEvaluation(sections, model);
              }
            });
    sections.add(costs());
    sections.add(origin());
    return new Page("Run " + run.name(), about(), figures(), sections);
  }

  private String about() {
    return run.model()
        .map(
            model ->
                Numbers.of(
                    "%,d parameters, %s, %d levels; %,d rounds",
                    model.network().numParams(),
                    model.shape(),
                    model.layer().flow().levels().size(),
                    model.rounds()))
        .orElse("no checkpoint yet");
  }

  private List<Page.Figure> figures() {
    List<Page.Figure> figures = new ArrayList<>();
    if (evaluation != null && run.model().isPresent()) {
      FlowModel model = run.model().get();
      for (ScoredSet set : evaluation.sets()) {
        figures.add(
            new Page.Figure(
                model.unit() + ", " + set.name(),
                Numbers.of("%.4f", set.mean()),
                Numbers.of(
                    "%,d images, standard error %.4f", set.images().size(), set.standardError())));
      }
    }
    List<JsonNode> validations = run.validations();
    if (!validations.isEmpty()) {
      JsonNode last = validations.get(validations.size() - 1);
      double best =
          validations.stream().mapToDouble(v -> v.path("held_out_loss").asDouble()).min().orElse(0);
      figures.add(
          new Page.Figure(
              "validated last, " + last.path("unit").asText(),
              Numbers.of("%.4f", last.path("held_out_loss").asDouble()),
              Numbers.of(
                  "best %.4f; solver's error %+.5f", best, last.path("solver_error").asDouble())));
    }
    run.last()
        .ifPresent(
            last -> {
              figures.add(
                  new Page.Figure(
                      "examples seen",
                      Numbers.of("%,d", last.path("examples").asLong()),
                      last.path("epoch").asDouble() == 0
                          ? "latents of its own"
                          : Numbers.of(
                              "%.2f passes over the data", last.path("epoch").asDouble())));
              figures.add(
                  new Page.Figure(
                      "time of training",
                      Numbers.duration(run.seconds()),
                      "all rounds and validations"));
            });
    return figures;
  }

  private void addEvaluation(List<Page.Section> sections, FlowModel model) {
    Pictures pictures = new Pictures(evaluation, model.shape(), model.unit());
    if (!evaluation.samples().isEmpty()) {
      sections.add(
          new Page.Section(
              "What it draws",
              "Each sample is decoded from latents drawn of the base; none was chosen.",
              pictures.samples("").toList()));
    }
    if (!evaluation.sets().isEmpty()) {
      sections.add(likelihoods(model));
    }
    evaluation
        .exhibit()
        .ifPresent(
            shown ->
                sections.add(
                    new Page.Section(
                        "What it finds likely, and gives back",
                        "A flow is invertible: an image's latents, decoded, are the image.",
                        Stream.concat(
                                pictures.extremes(shown), pictures.decoded(shown.reconstruction()))
                            .toList())));
  }

  private Page.Section likelihoods(FlowModel model) {
    Map<String, ScoredSet> sets = new LinkedHashMap<>();
    evaluation.sets().forEach(set -> sets.put(set.name(), set));
    Likelihoods likelihoods = new Likelihoods(sets, model.unit());
    double unitsPerNat = model.unitsPerNat();
    List<Block> blocks = new ArrayList<>();
    blocks.add(likelihoods.table(unitsPerNat));
    likelihoods.histogram().forEach(blocks::add);
    likelihoods.levels(Costs.latents(model), unitsPerNat).forEach(blocks::add);
    evaluation.separations().map(Likelihoods::separations).ifPresent(blocks::add);
    return new Page.Section(
        "How likely images are",
        "Of images from all over each set; lower is likelier. The solver's error is the difference to"
            + " the solve on twice the step.",
        blocks);
  }

  private Page.Section costs() {
    List<Block> blocks = new ArrayList<>();
    run.model().map(Costs::levels).ifPresent(blocks::add);
    if (!run.metrics().isEmpty()) {
      blocks.add(Costs.time(run));
    }
    return new Page.Section(
        "What it costs",
        "Evaluations are of one solve by the training's solver; a gradient takes it forth and back."
            + " The time of gradients is that of a round's slowest task.",
        blocks);
  }

  private Page.Section origin() {
    List<Block> blocks = new ArrayList<>();
    Origin.starts(run.starts()).forEach(blocks::add);
    if (!run.checkpoints().isEmpty()) {
      blocks.add(Origin.checkpoints(run.checkpoints()));
    }
    blocks.add(new Block.Text(RunFolder.CONFIG, run.configuration()));
    return new Page.Section(
        "Where it comes from",
        "Every start of the run, what it can go on from, and its configuration.",
        blocks);
  }
}
